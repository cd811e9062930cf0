// Items of the price book under the line that is being typed: arrows choose, Enter takes, Escape closes.

const list = document.getElementById("suggestions");
const status = document.getElementById("suggestions-status");
const isWhat = (target) => target.matches?.("textarea[data-name=description]");
let field = null;
let asked = null;
let wait = 0;

const options = () => [...list.querySelectorAll("[role=option]")];
const active = () => list.querySelector("[aria-selected=true]");

function close() {
  clearTimeout(wait);
  asked?.abort();
  list.hidden = true;
  list.replaceChildren();
  status.textContent = "";
  field?.removeAttribute("aria-activedescendant");
}

async function suggest(textarea) {
  asked?.abort();
  asked = new AbortController();
  const words = textarea.value.trim();
  if (words.length < 2 || words.includes("\n")) return close();
  try {
    const answer = await fetch(`${list.dataset.from}?q=${encodeURIComponent(words)}`, { signal: asked.signal });
    if (answer.ok && document.activeElement === textarea) show(textarea, await answer.text());
  } catch (wrong) {
    if (wrong.name !== "AbortError") close();
  }
}

function show(textarea, html) {
  field = textarea;
  list.innerHTML = html;
  const found = options();
  found.forEach((option, place) => { option.id = `suggestion-${place}`; });
  textarea.parentElement.append(list);
  list.hidden = found.length === 0;
  status.textContent = found.length ? list.dataset.words.replace("{count}", found.length) : "";
  textarea.removeAttribute("aria-activedescendant");
}

function go(step) {
  const found = options();
  const from = active() ? found.indexOf(active()) : step > 0 ? -1 : found.length;
  const next = found[(from + step + found.length) % found.length];
  found.forEach((option) => option.setAttribute("aria-selected", option === next));
  field.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

function take(option) {
  const line = field.closest("[data-row]");
  const put = (name, value) => { line.querySelector(`[name$="-${name}"]`).value = value; };
  put("description", option.dataset.description);
  put("unit", option.dataset.unit);
  put("price", option.dataset.price);
  if (option.dataset.section) put("section", option.dataset.section);
  const taxes = option.dataset.taxes.split(" ");
  for (const box of line.querySelectorAll('[name$="-tax"]')) box.checked = taxes.includes(box.value);
  close();
  const quantity = line.querySelector('[name$="-quantity"]');
  quantity.focus();
  quantity.select();
  quantity.dispatchEvent(new Event("input", { bubbles: true }));
}

async function save(button) {
  const line = button.closest("[data-row]");
  const form = line.closest("form");
  const data = new FormData();
  for (const input of line.querySelectorAll("input, textarea, select")) {
    if (input.type !== "checkbox" || input.checked) data.append(input.name, input.value);
  }
  data.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  button.disabled = true;
  try {
    const answer = await fetch(list.dataset.save, { method: "POST", body: data });
    if (answer.ok || answer.status === 422) line.querySelector("[data-saved]").innerHTML = await answer.text();
  } finally {
    button.disabled = false;
  }
}

if (list) {
  document.addEventListener("input", (event) => {
    if (!isWhat(event.target)) return;
    clearTimeout(wait);
    wait = setTimeout(() => suggest(event.target), 150);
  });

  // Before rows.js, for which Enter means the next line.
  document.addEventListener("keydown", (event) => {
    if (list.hidden || event.target !== field || event.altKey) return;
    if (event.key === "ArrowDown") go(1);
    else if (event.key === "ArrowUp") go(-1);
    else if (event.key === "Enter" && active()) take(active());
    else if (event.key === "Escape") close();
    else {
      if (event.key === "Enter") close();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });

  document.addEventListener("focusout", (event) => { if (event.target === field) close(); });
  // The press must not take the focus away before the click has chosen.
  document.addEventListener("pointerdown", (event) => { if (event.target.closest?.("#suggestions")) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    const option = event.target.closest("#suggestions [role=option]");
    if (option) take(option);
    const button = event.target.closest("[data-save-item]");
    if (button) save(button);
  });
}
