// Runs before the first paint: the person's own choice of light or dark, else the device's.
(() => {
  const root = document.documentElement;
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const KEY = "sole-practice-theme";
  const stored = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage may be forbidden; the device's choice then stands
    }
  };

  const show = () => {
    const choice = stored();
    if (choice) root.dataset.themeChoice = choice;
    else delete root.dataset.themeChoice;
    root.dataset.bsTheme = choice || (device.matches ? "dark" : "light");
  };

  const next = { light: "dark", dark: null };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-switch]");
    if (!button) return;
    const now = stored();
    const choice = now ? next[now] : "light";
    try {
      if (choice) localStorage.setItem(KEY, choice);
      else localStorage.removeItem(KEY);
    } catch {
      return;
    }
    show();
    const said = button.dataset[choice || "auto"];
    if (button.hasAttribute("aria-label")) button.setAttribute("aria-label", said);
    button.title = said;
  });

  root.classList.add("has-script");
  device.addEventListener("change", show);
  window.addEventListener("storage", show);
  show();
})();
