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
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) seen.add(target.closest(".ask")?.id);
  }, { threshold: 1 });
  const look = () => asks().forEach((ask) => seen.has(ask.id) || watch.observe(ask.querySelector("legend")));
  look();
  document.addEventListener("htmx:afterSettle", look);
  none.addEventListener("click", (event) => {
    const next = asks().find((ask) => !seen.has(ask.id) && !ask.querySelector("input:checked"));
    if (!next) return;
    event.preventDefault();
    next.classList.add("is-unseen");
    next.scrollIntoView({ block: "center" });
    document.getElementById("saved").textContent = none.dataset.unseen;
    next.querySelector("input:not([type=hidden])")?.focus({ preventScroll: true });
  });
}
