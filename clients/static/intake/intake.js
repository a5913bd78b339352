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
