"use strict";
// Adds up a headcount as one types. The sentences come from the server (data-… of each output), which says the same
// after submission: without this file nothing is lost but the immediacy.
(() => {
  const french = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, "\u00a0");

  // A number of persons, null where nothing is typed, NaN where it cannot be read.
  const read = (input) => {
    const text = input.value.replace(/\s/g, "");
    if (text === "") return null;
    return /^\d{1,6}$/.test(text) && Number(text) <= 100000 ? Number(text) : NaN;
  };

  const total = (name) => {
    const input = document.querySelector(`[data-total="${name}"]`);
    return input ? read(input) ?? 0 : 0;
  };

  const wholes = () => {
    const youths = total("youths");
    const adults = total("adults");
    return { youths, adults, everyone: youths + adults };
  };

  const stateOf = (numbers, counted, whole) => {
    if (Number.isNaN(counted) || Number.isNaN(whole)) return "unreadable";
    if (numbers.length === 0) return "unknown";
    if (counted === whole) return "complete";
    return counted < whole ? "missing" : "over";
  };

  const refresh = (output, sizes) => {
    const inputs = document.querySelectorAll(`[data-part="${output.dataset.tally}"]`);
    const numbers = Array.from(inputs, read).filter((number) => number !== null);
    const counted = numbers.reduce((sum, number) => sum + number, 0);
    const whole = sizes[output.dataset.of];
    const state = stateOf(numbers, counted, whole);
    const sentence = output.dataset[state]
      .replace("{counted}", french(counted))
      .replace("{whole}", french(whole))
      .replace("{gap}", french(Math.abs(whole - counted)));
    // Untouched text is left alone, so that a screen reader speaks only of what changed.
    if (output.textContent !== sentence) output.textContent = sentence;
    output.dataset.state = state;
  };

  const outputs = document.querySelectorAll("[data-tally]");
  const refreshAll = () => {
    const sizes = wholes();
    outputs.forEach((output) => refresh(output, sizes));
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-part], [data-total]")) refreshAll();
  });
  refreshAll();
})();
