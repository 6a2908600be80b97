/* A button (data-print) that prints the page, or saves it as a PDF by the browser's own dialog. */
document.addEventListener("click", function (event) {
  if (event.target.closest("[data-print]")) window.print();
});
