/* Passkeys: the browser asks its holder, then the form is sent with the answer. Needs webauthn-json (allauth's). */
(function () {
  "use strict";

  const FAULTS = {
    InvalidStateError: "Cette clé est déjà enregistrée sur votre compte.",
    NotAllowedError: "La clé n’a pas répondu, ou vous avez annulé. Réessayez quand vous voulez.",
    SecurityError: "Les clés d’accès demandent que PARTAJ soit ouvert à son adresse habituelle, en https."
  };
  const UNABLE = "Ce navigateur ne sait pas utiliser de clé d’accès : passez par un code.";

  document.querySelectorAll("form[data-passkey]").forEach(function (form) {
    const fault = form.querySelector("[data-passkey-fault]");
    const options = JSON.parse(document.getElementById("passkey-options").textContent);
    form.addEventListener("submit", async function (event) {
      event.preventDefault();
      fault.hidden = true;
      try {
        const answer = form.dataset.passkey === "create"
          ? await window.webauthnJSON.create(options.creation_options)
          : await window.webauthnJSON.get(options.request_options);
        form.elements.credential.value = JSON.stringify(answer);
        form.submit();
      } catch (error) {
        fault.textContent = FAULTS[error.name] || UNABLE;
        fault.hidden = false;
      }
    });
  });
})();
