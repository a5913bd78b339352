// The button works once the last tile has been on the screen.
(() => {
  const form = document.getElementById("day-check");
  if (!form) return;
  const button = form.querySelector("[data-after-last]");
  const last = [...form.querySelectorAll("[data-tile]")].at(-1);
  if (last && "IntersectionObserver" in window) {
    // Not `disabled`: who comes by keyboard would be taken past it.
    button.setAttribute("aria-disabled", "true");
    const seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) release();
    });
    const release = () => {
      button.removeAttribute("aria-disabled");
      seen.disconnect();
    };
    seen.observe(last.querySelector(".day-head"));
    last.addEventListener("focusin", release, { once: true });
    button.addEventListener("click", (event) => {
      if (!button.hasAttribute("aria-disabled")) return;
      event.preventDefault();
      last.scrollIntoView({ block: "center" });
    });
  }
  // A ticked box has opened what it controls.
  const tell = (box) => box.setAttribute("aria-expanded", String(box.checked));
  form.querySelectorAll(".day-open").forEach(tell);
  form.addEventListener("change", (event) => {
    if (event.target.matches(".day-open")) tell(event.target);
  });
  // The drawing shows the same; the list stays at hand.
  form.querySelectorAll(".place-list[open]").forEach((list) => list.removeAttribute("open"));
})();
