// What an answer may not take away from whoever is at work on the page: the button under a finger, and what is being typed.

// A press ------------------------------------------------------------------------------------------

// Nothing moves under a finger: while a button of a form is held down, every answer that would change the form waits, or
// the press would fall beside a button that was moved or replaced. A form that is sent needs none of them any more.
const LET_GO_MS = 300;
let held = null;
const asks = new WeakMap();
const onTheirWay = new Map();
const waiting = new Map();

function hold(form) {
  held = form;
  for (const [asker, ask] of onTheirWay) {
    if (!form.contains(asker)) continue;
    waiting.set(asker, ask);
    asker.dispatchEvent(new CustomEvent("htmx:abort", { bubbles: true, detail: {} }));
  }
}

function letGoOf(form) {
  if (held !== form) return;
  held = null;
  const left = [...waiting.values()];
  waiting.clear();
  left.forEach((ask) => ask(true));
}

// Before a request htmx offers the way to make it, now or later.
function askOrWait(event) {
  const { elt, issueRequest, triggeringEvent } = event.detail;
  if (triggeringEvent?.type === "submit") return;
  if (!held?.contains(elt)) asks.set(elt, issueRequest);
  else {
    event.preventDefault();
    waiting.set(elt, issueRequest);
  }
}

document.addEventListener("pointerdown", (event) => {
  const form = event.target.closest?.("button[type=submit]")?.form;
  if (form) hold(form);
});
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => { if (held) setTimeout(letGoOf, LET_GO_MS, held); });
}
document.addEventListener("submit", (event) => {
  if (event.target !== held) return;
  held = null;
  waiting.clear();
});
document.addEventListener("htmx:confirm", askOrWait);
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  if (asks.has(detail.elt)) onTheirWay.set(detail.elt, asks.get(detail.elt));
});
document.addEventListener("htmx:afterRequest", ({ detail }) => onTheirWay.delete(detail.elt));

// A field ------------------------------------------------------------------------------------------

// What somebody typed while an answer was on its way is theirs: the answer does not take it away.
const sentAt = new WeakMap();
let typed = null;
let kept = null;

function keep(event) {
  const field = document.activeElement;
  const isTheirs = typed?.field === field && typed.at > (sentAt.get(event.detail.xhr) ?? Infinity);
  kept = isTheirs && field.id && event.detail.target.contains(field) ? { id: field.id, value: field.value, at: field.selectionStart } : null;
}

function putBack() {
  const field = kept && document.getElementById(kept.id);
  if (!field) return;
  field.value = kept.value;
  field.focus();
  if (kept.at !== null) field.setSelectionRange(kept.at, kept.at);
  field.dispatchEvent(new Event("change", { bubbles: true }));
  kept = null;
}

document.addEventListener("input", (event) => { typed = { field: event.target, at: event.timeStamp }; });
document.addEventListener("htmx:beforeSend", ({ detail }) => sentAt.set(detail.xhr, performance.now()));
document.addEventListener("htmx:beforeSwap", keep);
document.addEventListener("htmx:afterSwap", putBack);
