// The button works once the last tile has been on the screen.
(() => {
  const form = document.getElementById("day-check");
  if (!form) return;
  const button = form.querySelector("[data-after-last]");
  const last = [...form.querySelectorAll("[data-tile]")].at(-1);
  if (last && "IntersectionObserver" in window) {
    button.disabled = true;
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      button.disabled = false;
      seen.disconnect();
    });
    seen.observe(last.querySelector(".day-head"));
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
