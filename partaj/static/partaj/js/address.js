/* An agenda's address: copied, since it is shown once. */
(function () {
  "use strict";

  const address = document.getElementById("address");
  const told = document.getElementById("address-told");
  if (!address) return;
  document.getElementById("address-copy").addEventListener("click", async function () {
    try {
      await navigator.clipboard.writeText(address.textContent.trim());
      told.textContent = "L’adresse est copiée : collez-la dans votre agenda.";
    } catch {
      told.textContent = "Ce navigateur ne laisse pas copier : sélectionnez l’adresse.";
    }
  });
})();
