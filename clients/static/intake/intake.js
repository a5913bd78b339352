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

// “None of these” answers only what was on screen: with a question that was not, it goes there instead.
const none = document.querySelector(".intake-none");
if (none && "IntersectionObserver" in window) {
  const seen = new Set();
  const asks = () => [...document.querySelectorAll(".ask")].filter((ask) => ask.querySelector(".question"));
  const waits = new Map();
  // Long enough to be read, not only flung past. Large text may make a question taller than the screen.
  const isThere = (entry) => entry.intersectionRatio >= 0.75
    || entry.intersectionRect.height >= (entry.rootBounds?.height ?? innerHeight) / 2;
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const { target } = entry;
      if (!isThere(entry)) {
        clearTimeout(waits.get(target));
        waits.delete(target);
      } else if (!waits.has(target)) {
        waits.set(target, setTimeout(() => seen.add(target.closest(".ask")?.id), 200));
      }
    }
  }, { threshold: [0, 0.25, 0.5, 0.75, 1] });
  const look = () => asks().forEach((ask) => seen.has(ask.id) || watch.observe(ask.querySelector("legend")));
  look();
  document.addEventListener("htmx:afterSettle", look);
  none.addEventListener("click", (event) => {
    const next = asks().find((ask) => !seen.has(ask.id) && !ask.querySelector("input:checked"));
    if (!next) return;
    event.preventDefault();
    seen.add(next.id);
    next.classList.add("is-unseen");
    next.scrollIntoView({ block: "center" });
    document.getElementById("saved").textContent = none.dataset.unseen;
    next.querySelector("input:not([type=hidden])")?.focus({ preventScroll: true });
  });
}
