// One step fills the screen, with a timer. Without script all steps stand below each other and the form at the end works.
// sessionStorage keeps place, seconds left and when the running timer ends: numbers only, nothing about health.
const player = document.querySelector("[data-player]");
if (player) {
  const screens = [...player.querySelectorAll("[data-run], [data-finish]")];
  const dots = [...player.querySelectorAll(".player-dots li")];
  const voice = player.querySelector("[data-say]");
  const KEY = `run:${player.dataset.player}`;
  const PAUSE_BETWEEN = 4000; // milliseconds to change feet when it goes on by itself
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const state = { at: 0, left: {}, endsAt: 0, byItself: false };
  let ticking = null;
  let waiting = null;
  let awake = null;

  const remember = () => {
    try { sessionStorage.setItem(KEY, JSON.stringify(state)); } catch { /* private mode: a reload then starts at the first step */ }
  };
  const recall = () => {
    try {
      Object.keys(sessionStorage).filter((key) => key.startsWith("run:") && key !== KEY).forEach((key) => sessionStorage.removeItem(key));
      Object.assign(state, JSON.parse(sessionStorage.getItem(KEY)) ?? {});
    } catch { /* as above */ }
  };
  const stayAwake = async (on) => {
    try {
      if (on) awake ??= await navigator.wakeLock?.request("screen");
      else { await awake?.release(); awake = null; }
    } catch { awake = null; }
  };
  const now = () => screens[state.at];
  const isRun = (screen) => screen?.matches("[data-run]");
  const left = (index = state.at) => state.left[index] ?? Number(screens[index].dataset.seconds ?? 0);
  const label = (word) => {
    const button = now().querySelector("[data-toggle]");
    if (button) button.textContent = button.dataset[word];
  };
  const draw = () => {
    const timer = now().querySelector("[data-timer]");
    if (!timer) return;
    const whole = Number(now().dataset.seconds);
    timer.textContent = clock(left());
    timer.dataset.state = left() === 0 ? "done" : ticking ? "running" : left() < whole ? "paused" : "ready";
    label(left() === 0 ? "done" : ticking ? "pause" : left() < whole ? "resume" : "start");
  };
  const nameOf = (screen) => [screen.querySelector(".run-side strong"), screen.querySelector("h2")]
    .map((part) => part?.textContent.trim()).filter(Boolean).join(", ");

  const halt = () => {
    clearInterval(ticking);
    clearTimeout(waiting);
    ticking = waiting = null;
    state.endsAt = 0;
    stayAwake(false);
  };
  const finished = () => {
    halt();
    state.left[state.at] = 0;
    draw();
    remember();
    navigator.vibrate?.([160, 90, 160]);
    const next = screens[state.at + 1];
    voice.textContent = isRun(next) ? `${player.dataset.upnext} ${nameOf(next)}` : player.dataset.up;
    if (!state.byItself) return;
    stayAwake(true);
    waiting = setTimeout(() => {
      show(state.at + 1);
      if (isRun(now()) && left() > 0) start();
    }, PAUSE_BETWEEN);
  };
  const tick = () => {
    state.left[state.at] = Math.max(0, Math.ceil((state.endsAt - Date.now()) / 1000));
    if (state.left[state.at] === 0) finished();
    else draw();
  };
  const run = () => {
    ticking = setInterval(tick, 250);
    stayAwake(true);
    tick();
    remember();
  };
  const start = () => {
    state.endsAt = Date.now() + left() * 1000;
    run();
  };
  const pause = () => {
    tick();
    halt();
    draw();
    remember();
  };
  // A step of which no second was run was left out; the person sees the ticks and can put them back.
  const tickWhatWasDone = () => {
    const finish = player.querySelector("[data-finish]");
    finish.querySelectorAll("input[name=steps]").forEach((box) => {
      const own = screens.filter((screen) => screen.dataset.step === box.value);
      const timed = own.filter((screen) => Number(screen.dataset.seconds) > 0);
      box.checked = !timed.length || timed.some((screen) => left(screens.indexOf(screen)) < Number(screen.dataset.seconds));
    });
    finish.querySelector("details").open = [...finish.querySelectorAll("input[name=steps]")].some((box) => !box.checked);
  };
  const show = (index, focus = true) => {
    halt();
    state.at = Math.max(0, Math.min(screens.length - 1, index));
    screens.forEach((screen, place) => { screen.hidden = place !== state.at; });
    dots.forEach((dot, place) => {
      dot.classList.toggle("is-done", place < state.at);
      if (place === state.at) dot.setAttribute("aria-current", "step"); else dot.removeAttribute("aria-current");
    });
    if (!isRun(now())) tickWhatWasDone();
    draw();
    remember();
    ask();
    if (!focus) return;
    window.scrollTo({ top: 0 });
    now().querySelector("h2")?.focus({ preventScroll: true });
  };
  // Before each step: may it go on? A network that fails does not stop anybody; the answers were given before.
  const halted = document.querySelector("[data-halted]");
  const stopHere = ({ reason, url }) => {
    halt();
    player.hidden = true;
    halted.hidden = false;
    halted.querySelector("[data-halted-why]").textContent = reason;
    halted.querySelector("[data-halted-on]").href = url;
    halted.querySelector("h2").focus();
  };
  const ask = async () => {
    try {
      const answer = await fetch(player.dataset.ask, { headers: { Accept: "application/json" }, cache: "no-store", redirect: "manual" });
      if (answer.status === 409) stopHere(await answer.json());
    } catch { /* asked again at the next step */ }
  };
  const toggle = () => {
    if (!isRun(now())) return;
    if (!now().querySelector("[data-toggle]") || left() === 0) show(state.at + 1);
    else if (ticking) pause();
    else start();
  };

  player.addEventListener("click", (event) => {
    if (event.target.closest("[data-next]")) show(state.at + 1);
    else if (event.target.closest("[data-back]")) show(state.at - 1);
    else if (event.target.closest("[data-toggle]")) toggle();
  });
  player.addEventListener("change", (event) => {
    if (!event.target.matches("[data-by-itself]")) return;
    state.byItself = event.target.checked;
    player.querySelectorAll("[data-by-itself]").forEach((box) => { box.checked = state.byItself; });
    if (!state.byItself) clearTimeout(waiting);
    remember();
  });
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, button, summary, a")) return;
    if (!isRun(now())) return;
    if (event.key === " ") { event.preventDefault(); toggle(); }
    else if (event.key === "ArrowRight") show(state.at + 1);
    else if (event.key === "ArrowLeft") show(state.at - 1);
  });
  // Back from a locked screen: the wake lock is gone and the interval may have slept; the clock has not.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || !ticking) return;
    awake = null;
    stayAwake(true);
    tick();
    ask();
  });

  recall();
  const endsAt = state.endsAt;
  show(state.at, false);
  player.querySelectorAll("[data-by-itself]").forEach((box) => { box.checked = state.byItself; });
  if (endsAt && isRun(now())) {
    state.endsAt = endsAt;
    run();
  }
}
