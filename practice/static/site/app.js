// Small conveniences for every page, on top of what the server has rendered; no job depends on them.

// data-autosubmit on a form or field: submit when a choice changes. The button beside it stays for those without script.
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-autosubmit]") && event.target.form;
  if (form) form.requestSubmit();
});

// A form is sent once. Coming back with the browser's button frees it again.
const free = (form) => {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-resend")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  if (form.matches("[data-download]")) setTimeout(free, 1500, form);
  // Stopped by somebody else's script: not on its way after all. htmx stops it too, and frees it when the answer is in.
  setTimeout(() => event.defaultPrevented && !form.matches("[hx-post], [hx-put], [hx-delete]") && free(form));
}, true);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(free);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) free(form);
});

// data-opens="id" on a link opens that <dialog>; without script the link leads to the page that asks the same.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
});

// "None of these" and the others exclude each other: input[data-none] inside .choices.
document.addEventListener("change", (event) => {
  const box = event.target;
  const choices = box.closest?.(".choices");
  if (box.type !== "checkbox" || !box.checked || !choices) return;
  choices.querySelectorAll("input[type=checkbox]").forEach((other) => {
    if (other !== box && (box.hasAttribute("data-none") || other.hasAttribute("data-none"))) other.checked = false;
  });
});

// A refused htmx answer that carries the form again (422) or a whole message is shown, not swallowed.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
const say = (text) => {
  const region = document.getElementById("messages");
  if (!region || !text) return;
  const note = document.createElement("div");
  note.className = "alert alert-danger";
  note.textContent = text;
  region.replaceChildren(note);
};
["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, () => say(document.body.dataset.offline)));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 401) say(document.body.dataset.failed);
});
