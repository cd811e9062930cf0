// The few things that a page does by itself. Everything works without it but dialogs, copying and previews.

const ON_PAGE = { capture: true };

// Dialogs -----------------------------------------------------------------------------------------

function open(id) {
  const dialog = document.getElementById(id);
  if (dialog?.showModal && !dialog.open) dialog.showModal();
}

function close(dialog) {
  if (dialog?.open) dialog.close();
}

function openWhatIsOpen(root) {
  for (const dialog of root.querySelectorAll("dialog[data-open-now]")) open(dialog.id);
  root.querySelector("[data-focus]")?.focus();
}

// A press on the dialog element itself, outside its box, is a press on the backdrop.
function onBackdrop(dialog, event) {
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right
    && event.clientY >= box.top && event.clientY <= box.bottom;
  return event.target === dialog && !inside && event.clientX + event.clientY > 0;
}

// Copying -----------------------------------------------------------------------------------------

async function copy(button) {
  const word = button.querySelector("span") ?? button;
  const before = word.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copies);
  } catch {
    copyBySelection(button.dataset.copies);
  }
  word.textContent = button.dataset.copied;
  setTimeout(() => { word.textContent = before; }, 2000);
}

// Without HTTPS there is no clipboard, only a selection.
function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

// Preferences -------------------------------------------------------------------------------------

function prefer(name, values) {
  const root = document.documentElement;
  const now = root.dataset[name]
    ?? (name === "theme" && matchMedia("(prefers-color-scheme: dark)").matches ? values[1] : values[0]);
  const next = now === values[0] ? values[1] : values[0];
  root.dataset[name] = next;
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `${name}=${next};path=/;max-age=31536000;samesite=lax${secure}`;
}

// Forms -------------------------------------------------------------------------------------------

// Pressing twice sends once. The button is disabled after the form was read, so that its name goes along.
function sendOnce(form, button) {
  const once = button?.matches("[data-once]") ? button : form.querySelector("button[data-once]");
  if (!once) return;
  setTimeout(() => {
    once.disabled = true;
    once.setAttribute("aria-busy", "true");
    const word = once.querySelector("span");
    if (word && once.dataset.busy) {
      once.dataset.words = word.textContent;
      word.textContent = once.dataset.busy;
    }
  });
}

function ready(root) {
  for (const button of root.querySelectorAll("button[data-once][aria-busy]")) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    const word = button.querySelector("span");
    if (word && button.dataset.words) word.textContent = button.dataset.words;
  }
}

function preview(input) {
  const list = input.closest("[data-files]")?.querySelector("[data-previews]");
  if (!list) return;
  list.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
  list.replaceChildren(...[...input.files].map((file) => previewOf(file, list.dataset.words)));
  input.closest("[data-files]").classList.toggle("file--chosen", input.files.length > 0);
}

function previewOf(file, words) {
  const item = document.createElement("li");
  if (!file.type.startsWith("image/")) {
    item.textContent = file.name;
    return item;
  }
  const image = document.createElement("img");
  image.src = URL.createObjectURL(file);
  image.alt = `${words}: ${file.name}`;
  item.append(image);
  return item;
}

// Toasts ------------------------------------------------------------------------------------------

const STAYS_MS = 8000;

function letGo(toast) {
  if (toast.matches("[data-stays]") || toast.dataset.leaving) return;
  toast.dataset.leaving = "1";
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, STAYS_MS);
    else toast.remove();
  };
  setTimeout(leave, STAYS_MS);
}

function sorry(words) {
  const toasts = document.getElementById("toasts");
  if (!toasts || toasts.querySelector("[data-sorry-said]")) return;
  const toast = document.createElement("div");
  toast.className = "toast toast--late";
  toast.dataset.sorrySaid = "1";
  toast.append(Object.assign(document.createElement("p"), { textContent: words || toasts.dataset.sorry }));
  toasts.append(toast);
  setTimeout(() => toast.remove(), STAYS_MS);
}

// The page ----------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-opens],[data-closes],[data-copies],[data-prefers],[data-dismiss],[data-prints]");
  if (pressed?.matches("[data-opens]")) open(pressed.dataset.opens);
  if (pressed?.matches("[data-closes]")) close(pressed.closest("dialog"));
  if (pressed?.matches("[data-copies]")) copy(pressed);
  if (pressed?.matches("[data-prefers]")) prefer(pressed.dataset.prefers, pressed.dataset.values.split(" "));
  if (pressed?.matches("[data-dismiss]")) pressed.closest("[data-toast]").remove();
  if (pressed?.matches("[data-prints]")) window.print();
  if (event.target.matches("dialog[data-dialog]") && onBackdrop(event.target, event)) close(event.target);
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}, ON_PAGE);

// In a list the arrows go from row to row, Enter opens: Tab leads to the rest of a row.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = event.target.closest?.("table[data-list] tbody tr");
  if (!step || !row || event.altKey || event.ctrlKey || event.metaKey) return;
  const link = (step > 0 ? row.nextElementSibling : row.previousElementSibling)?.querySelector("th a");
  if (link) { event.preventDefault(); link.focus(); }
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable], dialog");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    const search = document.querySelector("[data-shortcut='/']");
    if (search) { event.preventDefault(); search.focus(); }
  }
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
});

// What is opened to be typed into is ready for it.
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details[data-focuses]") && event.target.open) event.target.querySelector("input:not([type=hidden])")?.select();
}, ON_PAGE);

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) sendOnce(event.target, event.submitter);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-files] input[type=file]")) preview(event.target);
});
// A form that only asks for its totals while someone types keeps its buttons as they are: on before it is sent,
// and off while it is.
const isSent = (event) => event.detail.requestConfig?.triggeringEvent?.type === "submit" && event.target.matches("form");
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isSent(event)) sendOnce(event.target, event.detail.requestConfig.triggeringEvent.submitter);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (isSent(event)) ready(event.target.ownerDocument ?? document);
});
document.addEventListener("htmx:sendError", () => sorry());
document.addEventListener("htmx:responseError", () => sorry());
// The pages for passkeys say so when the device had none, or the person pressed Cancel.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  sorry(document.getElementById("toasts")?.dataset.noPasskey);
});
document.addEventListener("htmx:load", (event) => {
  openWhatIsOpen(event.target);
  document.querySelectorAll("[data-toast]").forEach(letGo);
});
document.addEventListener("milepost:close", () => document.querySelectorAll("dialog[open]").forEach(close));

// A page that comes back from the browser's memory has its buttons again.
window.addEventListener("pageshow", () => ready(document));

// On paper nothing is folded away: what stands in a fold is printed, and folded again afterwards. A form is not read.
window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details.fold:not([open])")) {
    if (fold.closest(".no-print") || fold.querySelector(":scope > .fold-body > form")) continue;
    fold.dataset.printed = "";
    fold.open = true;
  }
});
window.addEventListener("afterprint", () => {
  for (const fold of document.querySelectorAll("details[data-printed]")) {
    fold.open = false;
    delete fold.dataset.printed;
  }
});

function signal() {
  const words = document.querySelector("[data-signal]");
  if (words) words.hidden = navigator.onLine;
}
window.addEventListener("online", signal);
window.addEventListener("offline", signal);

signal();
openWhatIsOpen(document);
document.querySelectorAll("[data-toast]").forEach(letGo);
