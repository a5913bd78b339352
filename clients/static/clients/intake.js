// The drawings tick the list of places; the list is what is sent, so everything works without them.
const boxOf = (target) => {
  const frame = target.closest("[data-places]");
  const value = `${target.dataset.side}:${target.dataset.region}`;
  return [...(frame?.querySelectorAll(`input[name="${frame.dataset.places}"]`) ?? [])].find((box) => box.value === value);
};

const toggle = (target) => {
  const box = boxOf(target);
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
};

document.addEventListener("click", (event) => {
  const target = event.target.closest(".footmap-target[data-region]");
  if (target) toggle(target);
});

document.addEventListener("keydown", (event) => {
  const target = event.target.closest?.(".footmap-target[data-region]");
  if (target && (event.key === " " || event.key === "Enter")) {
    event.preventDefault();
    toggle(target);
  }
});

// A place can be drawn in several views: all of them show the mark.
document.addEventListener("change", (event) => {
  const box = event.target;
  const frame = box.closest?.("[data-places]");
  if (!frame || box.name !== frame.dataset.places) return;
  const [side, region] = box.value.split(":");
  frame.querySelectorAll(`.footmap-target[data-side="${side}"][data-region="${region}"]`).forEach((target) => {
    target.setAttribute("aria-checked", box.checked ? "true" : "false");
  });
});

// A marked place answers the question: the tile beside it follows.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.checked || !box.name?.endsWith("-place")) return;
  const name = box.name.replace(/-place$/, "");
  const tile = document.querySelector(`input[type=radio][name="${name}"][value="marked"]`);
  if (tile) tile.checked = true;
}, true);

// After a refused page the summary of what is open is read first.
document.querySelector(".error-summary")?.focus();

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
