"use strict";
// Each table can be copied as tab-separated text: works from a file, too, where there is no server.
document.querySelectorAll(".table").forEach(function (box) {
  const button = box.querySelector("button.copy");
  const table = box.querySelector("table");
  function text() {
    return Array.from(table.rows, function (row) {
      const cells = Array.from(row.cells, function (cell) {
        const text = cell.textContent.replace(/\s+/g, " ").trim();
        // no spreadsheet is to take a name for a formula; numbers have digits
        return /^'*([=@]|[+-](?![\d.]|$))/.test(text) ? "'" + text : text;
      });
      return cells.join("\t");
    }).join("\n");
  }
  function said(words) {
    button.textContent = words;
    setTimeout(function () { button.textContent = "Copy"; }, 2000);
  }
  button.hidden = false;
  button.addEventListener("click", function () {
    let done = false;
    function put(event) {
      event.clipboardData.setData("text/plain", text());
      event.preventDefault();
      done = true;
    }
    document.addEventListener("copy", put);
    document.execCommand("copy");
    document.removeEventListener("copy", put);
    said(done ? "Copied" : "Select and copy");
  });
});
