/* The few things that the page does by itself. Without this file everything still works, with less comfort. */
(function () {
  "use strict";

  const SAFETY_MS = 5000; // a form that was sent may be sent again after this long (a file came back, the page stayed)

  // htmx notes the address, hence what was searched for, whatever its settings: the next person must not find it.
  try { sessionStorage.removeItem("htmx-current-path-for-history"); } catch { /* no storage, nothing to forget */ }

  function isTyping(element) {
    return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  }

  // « / » leads to the search box, unless one is typing.
  document.addEventListener("keydown", function (event) {
    const search = document.getElementById("recherche");
    if (event.key !== "/" || !search || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  // Menus that unfold (<details data-fold>): Escape or a click elsewhere folds them.
  function fold(except) {
    document.querySelectorAll("details[data-fold][open]").forEach(function (menu) {
      if (!menu.contains(except)) menu.open = false;
    });
  }
  document.addEventListener("click", function (event) { fold(event.target); });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    const menu = document.activeElement.closest("details[data-fold][open]");
    fold(null);
    if (menu) menu.querySelector("summary").focus();
  });

  // The summary of errors is read first; its links land in the field itself.
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  // A form with unsaved text (<form data-keep>) warns before one leaves it.
  let unsaved = Boolean(document.querySelector("form[data-keep] .is-invalid"));
  document.addEventListener("input", function (event) {
    if (event.target.closest("form[data-keep]")) unsaved = true;
  });
  window.addEventListener("beforeunload", function (event) {
    if (unsaved) event.preventDefault();
  });

  // What htmx sends is on its way: a refusal says so again.
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (event.target.closest("form[data-keep]")) unsaved = false;
  });

  // A form is sent once, however many times its button is pressed.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.hasAttribute("data-keep")) unsaved = false; // « Fait », below a note half written, does not send the note
    if (form.hasAttribute("hx-post")) return;
    form.dataset.sent = "true";
    const buttons = form.querySelectorAll("button[type=submit]");
    buttons.forEach(function (button) { button.setAttribute("aria-disabled", "true"); });
    window.setTimeout(function () { release(form); }, SAFETY_MS);
  });
  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll("button[aria-disabled]").forEach(function (button) { button.removeAttribute("aria-disabled"); });
  }
  window.addEventListener("pageshow", function () { document.querySelectorAll("form[data-sent]").forEach(release); });

  // What is ticked in a list comes along to its other pages, and as it is shown otherwise. Those of other pages first: what
  // was ticked last is what is left out where there are too many.
  function ticked() {
    const places = ["input[name=dossier][type=hidden]", "input[name=dossier]:checked"];
    return places.flatMap(function (place) { return Array.from(document.querySelectorAll(place)); });
  }
  function withTicked(address) {
    const url = new URL(address);
    url.searchParams.delete("dossier");
    ticked().forEach(function (input) { url.searchParams.append("dossier", input.value); });
    return url;
  }
  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[href]");
    if (!link || !document.querySelector("[name=dossier]") || link.closest("[data-unticks]")) return;
    if (link.origin !== location.origin || link.pathname !== location.pathname || link.hash) return;
    link.href = withTicked(link.href);
  });

  // The address says what the list shows and who is ticked: « back » from a file finds them again. htmx keeps no history.
  document.addEventListener("htmx:afterRequest", function (event) {
    const shown = event.detail.successful && event.detail.xhr.getResponseHeader("HX-Replace-Url");
    if (shown) history.replaceState(null, "", shown);
  });
  document.addEventListener("htmx:afterSettle", function () {
    countTicks();
    if (ticked().length) history.replaceState(null, "", withTicked(location.href));
  });
  document.addEventListener("change", function (event) {
    if (!event.target.matches("input[name=dossier][form=ticks]")) return;
    countTicks();
    history.replaceState(null, "", withTicked(location.href));
  });

  // How many are ticked, on this page and the others, beside what may be done with them.
  function countTicks() {
    const told = document.querySelector("#id_tous option[value='']");
    if (!told) return;
    const count = ticked().length;
    told.textContent = count === 0 ? "les dossiers cochés" : count === 1 ? "1 dossier coché" : `${count} dossiers cochés`;
  }
  window.addEventListener("pageshow", countTicks);

  // « Chercher » shows what it found, wherever the filters have pushed it.
  document.addEventListener("htmx:afterSettle", function (event) {
    const asked = event.detail.requestConfig;
    const pressed = asked && asked.triggeringEvent && asked.triggeringEvent.type === "submit";
    const found = pressed && asked.elt.matches("form[role=search]") && document.getElementById("jeunes");
    if (found) found.scrollIntoView({ block: "start" });
  });

  // A file that would be refused for its size is said to be so at once (data-largest, in bytes), before it is sent.
  document.addEventListener("change", function (event) {
    const input = event.target.closest("input[type=file][data-largest]");
    if (!input) return;
    const said = input.parentElement.querySelector(".too-large") || input.insertAdjacentElement("afterend", document.createElement("p"));
    const tooLarge = Array.from(input.files).some(function (file) { return file.size > Number(input.dataset.largest); });
    said.className = "too-large warns";
    said.setAttribute("role", "alert");
    said.textContent = tooLarge ? input.dataset.tooLarge : "";
    if (tooLarge) input.value = "";
  });

  // Fragments (htmx): a sentence when one could not be fetched. The session's token is in hx-headers, on the body.
  function tell(sentence) {
    const place = document.getElementById("incident");
    if (!place) return;
    const line = document.createElement("p");
    line.className = "alert message-error";
    line.textContent = sentence;
    place.replaceChildren(line);
  }
  function notSent(event) { return Boolean(event.target.closest("form[data-keep]")); }
  document.addEventListener("htmx:sendError", function (event) {
    unsaved = unsaved || notSent(event);
    tell("Le serveur ne répond pas : ce que vous avez saisi est encore à l’écran. Réessayez dans un instant.");
  });
  document.addEventListener("htmx:responseError", function (event) {
    const isOver = [403, 404, 409].includes(event.detail.xhr.status);
    const isStale = Boolean(event.detail.xhr.getResponseHeader("Partaj-Stale"));
    unsaved = unsaved || notSent(event);
    if (notSent(event) && isStale) {
      tell("Rien n’est noté : cette page était ouverte depuis trop longtemps. Votre saisie est encore à l’écran : copiez-la, rechargez la page, puis collez-la.");
    } else if (notSent(event) && isOver) {
      tell("Rien n’est noté : ce dossier vient d’être transféré, réuni à un autre ou clos, ou vos droits ont changé. Votre saisie est encore à l’écran : copiez-la avant de recharger la page.");
    } else if (notSent(event)) {
      tell("Rien n’est noté : le serveur a eu un incident. Votre saisie est encore à l’écran : copiez-la, rechargez la page, puis collez-la ; si cela recommence, prévenez l’administrateur.");
    } else {
      tell("Cette partie de la page n’a pas pu être mise à jour. Rechargez la page ; si cela recommence, prévenez l’administrateur.");
    }
  });
})();
