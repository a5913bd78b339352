// Conveniences of the builder. Everything here also works as links and posts without script.
(() => {
  // A place on the foot, a drawing or "show all" changes the picker where it stands.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".picker-map a, a[data-pick]");
    const picker = link?.closest("[data-picker]");
    if (!picker || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const words = picker.querySelector("input[name=q]")?.value;
    const address = new URL(link.getAttribute("href"), location.href);
    if (words && link.closest(".picker-map")) address.searchParams.set("q", words);
    htmx.ajax("GET", address.pathname + address.search, { target: picker.dataset.picker, swap: "innerHTML" });
  });

  // A search answered after "Add" was pressed would take the form that was sent off the page, and what its answer says
  // with it: a change ends a search that is under way, and none begins until the change is drawn.
  let changing = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { requestConfig, xhr } = event.detail;
    if (requestConfig.verb === "get") {
      if (changing && event.target.matches?.(".picker-filter")) event.preventDefault();
    } else if (event.target.closest?.("#draft")) {
      changing = xhr;
      document.querySelectorAll(".picker-filter").forEach((form) => htmx.trigger(form, "htmx:abort"));
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr === changing) changing = null;
  });

  // Cancel closes a step's form and gives the focus back to its pencil.
  document.addEventListener("click", (event) => {
    const cancel = event.target.closest?.("[data-cancel]");
    const holder = cancel?.closest(".step-form-holder");
    if (!holder || !document.getElementById(holder.id.replace("form-", "change-"))) return;
    event.preventDefault();
    holder.replaceChildren();
    document.getElementById(holder.id.replace("form-", "change-")).focus();
  });

  // The map beside the draft follows the phase that is unfolded.
  document.addEventListener("click", (event) => {
    const phase = event.target.closest?.("summary.phase-head")?.parentElement;
    if (phase?.dataset.map && !phase.open) {
      htmx.ajax("GET", phase.dataset.map, { target: "#phase-map", swap: "outerHTML" });
    }
  });

  // A change redraws the draft: what was unfolded stays unfolded, and the focus stays at the row.
  let unfolded = [];
  let row = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "draft") return;
    unfolded = [...document.querySelectorAll("details.phase[open]")].map((phase) => phase.id);
    row = document.activeElement?.closest?.(".step-row, .phase")?.id ?? "";
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "draft" || event.detail.elt?.id === "draft") {
      unfolded.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
      if (row && (document.activeElement === document.body || !document.activeElement)) {
        const place = document.getElementById(row);
        (place?.matches("details") ? place.querySelector("summary") : place)?.focus({ preventScroll: true });
      }
    }
    // An opened form is ready to type into.
    const holder = event.detail.target.closest?.(".step-form-holder");
    holder?.querySelector("select, input:not([type=hidden])")?.focus();
    if (event.detail.target.matches?.(".picker-holder") && document.activeElement === document.body) {
      event.detail.target.querySelector("h3")?.focus({ preventScroll: true });
    }
  });
})();
