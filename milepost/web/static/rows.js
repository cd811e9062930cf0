// Lines and rows of a form: add, remove with undo, move by keys or by dragging. Their order on the page is their order.

const changed = (form) => form?.dispatchEvent(new Event("change", { bubbles: true }));
const listOf = (name) => document.querySelector(`[data-rows="${name}"]`);
const templateOf = (name) => document.querySelector(`template[data-row-template="${name}"]`);
const typing = "input:not([type=hidden]), textarea, select";

function nextKey(list) {
  const keys = [...list.querySelectorAll(":scope > [data-row] > input[type=hidden]:first-of-type")].map((input) => Number(input.value) || 0);
  return Math.max(0, ...keys) + 1;
}

function add(name, into = name, first = false) {
  const list = listOf(into);
  const holder = document.createElement("template");
  holder.innerHTML = templateOf(name).innerHTML.replaceAll("__key__", nextKey(list));
  const row = holder.content.firstElementChild;
  if (first) list.prepend(row);
  else list.append(row);
  grow(row);
  row.querySelector(typing).focus();
  changed(list.closest("form"));
  return row;
}

// Amounts that an answer brought along: only what is another is touched, so that nothing jumps or is read out twice.
function putInPlace(holder) {
  for (const part of holder.content.children) {
    const there = document.getElementById(part.dataset.for ?? part.id);
    if (!there) continue;
    if (!part.dataset.for) {
      if (there.dataset.stamp !== part.dataset.stamp) there.replaceWith(part.cloneNode(true));
    } else if (there.textContent !== part.textContent) there.textContent = part.textContent;
  }
  holder.remove();
}

document.addEventListener("htmx:afterSettle", () => document.querySelectorAll("template[data-amounts]").forEach(putInPlace));

// A removed row stays where it was, switched off, until the page is left: one press brings it back.
function remove(row) {
  const fields = [...row.querySelectorAll("input, textarea, select")].filter((field) => !field.disabled);
  fields.forEach((field) => { field.disabled = true; });
  const strip = document.createElement("p");
  strip.className = "removed";
  const words = document.createElement("span");
  words.textContent = row.dataset.row;
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "button button--plain";
  undo.textContent = row.closest("form").dataset.undo;
  undo.addEventListener("click", () => {
    fields.forEach((field) => { field.disabled = false; });
    row.classList.remove("is-removed");
    strip.remove();
    row.querySelector(typing).focus();
    changed(row.closest("form"));
  });
  strip.append(words, undo);
  row.classList.add("is-removed");
  row.append(strip);
  undo.focus();
  changed(row.closest("form"));
}

function move(row, down) {
  const held = document.activeElement;
  if (down) row.nextElementSibling?.after(row);
  else row.previousElementSibling?.before(row);
  held?.focus();
  changed(row.closest("form"));
}

// Enter goes on to the same field of the next line, and from the last one to a new line.
function goOn(event) {
  const row = event.target.closest("[data-row]");
  const part = event.target.dataset.name ?? "description";
  const next = row.nextElementSibling ?? add(row.parentElement.dataset.rows);
  (next.querySelector(`[data-name="${part === "price" ? "description" : part}"]`) ?? next.querySelector(typing)).focus();
}

// Text areas of a line are as high as what stands in them, where the browser does not do it by itself.
function grow(root) {
  if (CSS.supports("field-sizing", "content")) return;
  for (const area of root.querySelectorAll("[data-row] textarea, textarea[data-name]")) {
    area.rows = Math.max(area.getAttribute("rows"), area.value.split("\n").length);
  }
}

document.addEventListener("click", (event) => {
  const adds = event.target.closest("[data-add]");
  if (adds) add(adds.dataset.add, adds.dataset.into ?? adds.dataset.add, "first" in adds.dataset);
  const removes = event.target.closest("[data-remove]");
  if (removes) remove(removes.closest("[data-row]"));
});

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (!row) return;
  if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    move(row, event.key === "ArrowDown");
  } else if (event.key === "Enter" && !event.shiftKey && row.parentElement.matches("[data-enter]")
      && event.target.matches("input[type=text], textarea")) {
    event.preventDefault();
    goOn(event);
  }
});

let dragged = null;
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-grip]")?.closest("[data-row]") ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  dragged.classList.add("is-dragged");
});
document.addEventListener("dragover", (event) => {
  const over = event.target.closest?.("[data-row]");
  if (!dragged || !over || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  if (over === dragged) return;
  const box = over.getBoundingClientRect();
  if (event.clientY < box.top + box.height / 2) over.before(dragged);
  else over.after(dragged);
});
document.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.classList.remove("is-dragged");
  changed(dragged.closest("form"));
  dragged = null;
});

// Leaving with something typed asks first; saving does not.
let unsaved = false;
document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) unsaved = true; });
document.addEventListener("submit", () => { unsaved = false; });
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
