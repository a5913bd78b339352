// The list beside the map is what a form sends; the map is a second way to tick it.
// Markup: [data-footmap] holds the drawing and the list's checkboxes, and both carry data-region and data-side. A
// checkbox for a larger area names what it is made of in data-parts; while it is ticked, so are its parts on the map.
(() => {
  const boxesOf = (map, side) =>
    [...map.querySelectorAll("input[data-region]")].filter((input) => input.dataset.side === side);
  const partsOf = (box) => box.dataset.parts?.split(" ") ?? [];
  const covers = (box, region) => box.checked && (box.dataset.region === region || partsOf(box).includes(region));
  const draw = (map) => {
    map.querySelectorAll(".footmap-target[role=checkbox]").forEach((target) => {
      const { region, side } = target.dataset;
      target.setAttribute("aria-checked", String(boxesOf(map, side).some((box) => covers(box, region))));
    });
  };
  const flip = (target) => {
    const { region, side } = target.dataset;
    const boxes = boxesOf(target.closest("[data-footmap]"), side);
    const own = boxes.find((box) => box.dataset.region === region);
    if (!own || own.disabled) return;
    const covering = boxes.filter((box) => covers(box, region));
    own.checked = covering.length === 0;
    // A larger area without this place is what else it is made of.
    covering.forEach((box) => {
      if (box === own) return;
      box.checked = false;
      boxes.filter((other) => !other.dataset.parts && other !== own && partsOf(box).includes(other.dataset.region))
        .forEach((other) => { other.checked = true; });
    });
    own.dispatchEvent(new Event("change", { bubbles: true }));
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
    const map = event.target.dataset?.region && event.target.closest("[data-footmap]");
    if (map) draw(map);
  });
})();
