// The list beside the map is what a form sends; the map is a second way to tick it.
// Markup: <div data-footmap> holds the drawing and the list's checkboxes, and both carry data-region and data-side.
(() => {
  const flip = (target) => {
    const { region, side } = target.dataset;
    const box = [...target.closest("[data-footmap]").querySelectorAll("input[data-region]")]
      .find((input) => input.dataset.region === region && input.dataset.side === side);
    if (!box || box.disabled) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const targetOf = (event) => event.target.closest?.("[data-footmap] .footmap-target[role=checkbox]");

  document.addEventListener("click", (event) => {
    const target = targetOf(event);
    if (target) flip(target);
  });
  document.addEventListener("keydown", (event) => {
    const target = event.key === " " || event.key === "Enter" ? targetOf(event) : null;
    if (!target) return;
    event.preventDefault();
    flip(target);
  });
  document.addEventListener("change", (event) => {
    const { region, side } = event.target.dataset ?? {};
    const map = region && event.target.closest("[data-footmap]");
    if (!map) return;
    map.querySelectorAll(".footmap-target[role=checkbox]").forEach((target) => {
      if (target.dataset.region === region && target.dataset.side === side) {
        target.setAttribute("aria-checked", String(event.target.checked));
      }
    });
  });
})();
