"use strict";
// Without this script the page has the same pictures and tables, but no switches.

// Live charts, each in place of a picture. `ast`: expressions are interpreted, nothing is evaluated.
(async function () {
  if (!window.vegaEmbed) return;
  for (const box of document.querySelectorAll(".chart")) {
    const spec = JSON.parse(document.getElementById("spec-" + box.dataset.chart).textContent);
    const figure = box.closest("figure");
    figure.classList.add("drawn");
    try {
      await window.vegaEmbed(box, spec, { ast: true, actions: false, renderer: "svg", defaultStyle: false });
    } catch (error) {
      figure.classList.remove("drawn");
      console.error(error);
    }
  }
  document.documentElement.dataset.drawn = "all";
})();

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
  if (box.classList.contains("sorted")) sortable(table);
  if (table.rows.length > 45) filterable(box, table);
});

// A click on the head of a column sorts the rows below each heading of the table.
function sortable(table) {
  const heads = Array.from(table.tHead ? table.tHead.rows[0].cells : []);
  heads.forEach(function (head, column) {
    if (!head.textContent) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", function () {
      const down = head.getAttribute("aria-sort") !== "descending";
      heads.forEach(one => one.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sort(table.tBodies[0], column, down ? -1 : 1);
    });
  });
}

function sort(body, column, sign) {
  let part = 0;
  const rows = Array.from(body.rows, function (row) {
    part += row.classList.contains("part");
    const heading = row.classList.contains("part");
    return { row: row, part: part, heading: heading, key: heading ? "" : key(row.cells[column].textContent) };
  });
  rows.sort((a, b) => a.part - b.part || b.heading - a.heading || sign * compared(a.key, b.key));
  body.append(...rows.map(one => one.row));
}

function key(text) {
  const words = text.trim();
  if (words === "-") return -Infinity;
  if (words === "not reached") return Infinity;
  const number = parseFloat(words.replace(/,/g, ""));
  return Number.isNaN(number) ? words : number;
}

function compared(a, b) {
  if (typeof a === "number" && typeof b === "number") return a === b ? 0 : a < b ? -1 : 1;
  return String(a).localeCompare(String(b));
}

// A long table has a box whose words its rows must have.
function filterable(box, table) {
  const input = document.createElement("input");
  input.type = "search";
  input.className = "filter";
  input.placeholder = "Filter the rows";
  input.setAttribute("aria-label", "Filter the rows of: " + table.caption.textContent);
  box.prepend(input);
  input.addEventListener("input", function () {
    const words = input.value.toLowerCase().split(/\s+/);
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !row.classList.contains("part") && !words.every(word => text.includes(word));
    }
  });
}

// Markets by ZIP code or city: rows are made only of what is asked for.
(function () {
  const search = document.getElementById("market-search");
  if (!search) return;
  const known = JSON.parse(document.getElementById("markets").textContent);
  const input = document.getElementById("market"), found = document.getElementById("market-found");
  const most = 6;
  search.hidden = false;
  function matching(words) {
    if (/^z?\d+/.test(words)) {
      const area = words.replace("z", "").slice(0, 3);
      const market = known.boxes[area] || area;
      return known.markets.filter(one => one[0].startsWith(market));
    }
    return known.markets.filter(one => one[1].toLowerCase().includes(words))
      .sort((a, b) => b[1].toLowerCase().startsWith(words) - a[1].toLowerCase().startsWith(words));
  }
  function made(tag, text, parent) {
    const one = document.createElement(tag);
    one.textContent = text;
    parent.append(one);
    return one;
  }
  function table(market) {
    const size = known.measures.length, box = made("div", "", found), one = made("table", "", box);
    box.className = "scroll";
    made("caption", market[1] + " (ZIP codes " + market[0] + "..)", one);
    const head = made("tr", "", made("thead", "", one));
    for (const title of ["", ...known.measures]) made(title ? "th" : "td", title, head);
    const body = made("tbody", "", one);
    known.networks.forEach(function (label, at) {
      const row = made("tr", "", body);
      made("th", label, row).scope = "row";
      for (const cell of market[2].slice(at * size, (at + 1) * size)) made("td", cell, row).className = "n";
    });
  }
  input.addEventListener("input", function () {
    const words = input.value.trim().toLowerCase().replace(/\s*,\s*/, ", ");
    found.replaceChildren();
    if (words.length < 2) return;
    const markets = matching(words);
    markets.slice(0, most).forEach(table);
    const rest = markets.length - most;
    made("p", markets.length === 0 ? "No market of that name had orders."
      : rest > 0 ? rest + " more: type more of the name." : known.note, found).className = "note";
  });
})();

// A link into what is folded opens it.
function unfold() {
  const aim = location.hash && document.getElementById(location.hash.slice(1));
  for (let one = aim; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
}
window.addEventListener("hashchange", unfold);
unfold();
