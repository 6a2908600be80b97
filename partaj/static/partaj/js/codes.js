/* Recovery codes: copied or printed, since they are shown once. */
(function () {
  "use strict";

  const codes = document.getElementById("codes");
  const told = document.getElementById("codes-told");
  if (!codes) return;
  document.getElementById("codes-print").addEventListener("click", function () { window.print(); });
  document.getElementById("codes-copy").addEventListener("click", async function () {
    const text = Array.from(codes.querySelectorAll("li"), function (line) { return line.textContent.trim(); }).join("\n");
    try {
      await navigator.clipboard.writeText(text);
      told.textContent = "Les codes sont copiés : collez-les dans un endroit que vous seul·e ouvrez.";
    } catch {
      told.textContent = "Ce navigateur ne laisse pas copier : sélectionnez les codes, ou imprimez-les.";
    }
  });
})();
