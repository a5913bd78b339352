// One step fills the screen, with a timer. Without script all steps stand below each other and the form at the end works.
const player = document.querySelector("[data-player]");
if (player) {
  const screens = [...player.querySelectorAll("[data-run], [data-finish]")];
  const dots = [...player.querySelectorAll(".player-dots li")];
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  let at = 0;
  let ticking = null;
  let endsAt = 0;
  let awake = null;

  const stayAwake = async (on) => {
    try {
      if (on && !awake) awake = await navigator.wakeLock?.request("screen");
      else if (!on && awake) { await awake.release(); awake = null; }
    } catch { awake = null; }
  };
  const left = (screen) => Number(screen.dataset.left ?? screen.dataset.seconds);
  const halt = () => { clearInterval(ticking); ticking = null; stayAwake(false); };
  const label = (screen, word) => { const button = screen.querySelector("[data-toggle]"); if (button) button.textContent = button.dataset[word]; };

  const draw = (screen) => {
    const timer = screen.querySelector("[data-timer]");
    if (timer) timer.textContent = clock(left(screen));
  };
  const show = (index, focus = true) => {
    halt();
    at = Math.max(0, Math.min(screens.length - 1, index));
    screens.forEach((screen, place) => { screen.hidden = place !== at; });
    dots.forEach((dot, place) => {
      dot.classList.toggle("is-done", place < at);
      if (place === at) dot.setAttribute("aria-current", "step"); else dot.removeAttribute("aria-current");
    });
    if (focus) screens[at].querySelector("h2")?.focus({ preventScroll: true });
    if (focus) player.scrollIntoView({ block: "start" });
  };
  const tick = (screen) => {
    const seconds = Math.max(0, Math.round((endsAt - Date.now()) / 1000));
    screen.dataset.left = seconds;
    draw(screen);
    if (seconds === 0) {
      halt();
      const timer = screen.querySelector("[data-timer]");
      timer.dataset.state = "done";
      timer.setAttribute("aria-live", "assertive");
      navigator.vibrate?.([120, 80, 120]);
      label(screen, "done");
    }
  };
  player.addEventListener("click", (event) => {
    const screen = screens[at];
    if (event.target.closest("[data-next]")) show(at + 1);
    else if (event.target.closest("[data-back]")) show(at - 1);
    else if (event.target.closest("[data-toggle]")) {
      const timer = screen.querySelector("[data-timer]");
      if (left(screen) === 0) show(at + 1);
      else if (ticking) { halt(); timer.dataset.state = "paused"; label(screen, "resume"); }
      else {
        endsAt = Date.now() + left(screen) * 1000;
        timer.dataset.state = "running";
        ticking = setInterval(tick, 250, screen);
        stayAwake(true);
        label(screen, "pause");
      }
    }
  });
  show(0, false);
}
