"use strict";
// Shows what belongs to the kind of list that is chosen (data-only-for) and nothing of the others, which is then not
// sent either. Without this file everything is shown, and each field says for what it serves.
(() => {
  const fields = document.querySelectorAll("[data-only-for]");

  const refresh = () => {
    const chosen = document.querySelector('[name="kind"]:checked');
    if (!chosen) return;
    fields.forEach((field) => {
      const serves = field.dataset.onlyFor === chosen.value;
      field.closest("[class*=col-]").hidden = !serves;
      field.disabled = !serves;
    });
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches('[name="kind"]')) refresh();
  });
  window.addEventListener("pageshow", refresh); // a browser that comes back has kept what was chosen
})();
