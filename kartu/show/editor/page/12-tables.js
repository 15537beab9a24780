// Tables: cells to write, rows and columns to add and remove. The arrow keys go up and down, Enter
// to the next row, which is added at the end; a table that is pasted fills the cells.

function tableEditor(part, value, report) {
  const table = make("table", { attributes: { "aria-label": part.label } });
  const element = make("div", { className: "tabled" }, make("div", { className: "wide", tabIndex: -1 }, table), make("div", { className: "row" },
    button(say("addTableRow"), () => resize(1, 0), { drawing: "plus" }), button(say("addColumn"), () => resize(0, 1), { drawing: "plus" }),
    button(say("removeRow"), () => resize(-1, 0), { kind: "bare" }), button(say("removeColumn"), () => resize(0, -1), { kind: "bare" })));
  const cells = () => [...table.rows].map((one) => [...one.cells].map((cell) => cell.firstChild.value));
  let at = [0, 0];

  function draw(rows) {
    const width = Math.max(2, ...rows.map((one) => one.length));
    const all = rows.length ? rows : [["", ""], ["", ""]];
    table.replaceChildren(make("tbody", {}, ...all.map((one, y) => make("tr", {}, ...Array.from({ length: width }, (_, x) => cell(one[x] ?? "", y, x))))));
  }

  function cell(text, y, x) {
    const input = make("input", { type: "text", value: text, autocomplete: "off", ariaLabel: say("cell", { row: y + 1, column: x + 1 }), lang: desk.deck?.language ?? "" });
    input.addEventListener("input", send);
    input.addEventListener("focus", () => { at = [y, x]; });
    input.addEventListener("paste", paste);
    input.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
      if (!by || event.altKey || event.ctrlKey) return;
      event.preventDefault();
      if (event.key === "Enter" && y === table.rows.length - 1) resize(1, 0);
      table.rows[y + by]?.cells[x].firstChild.focus();
    });
    return make(y ? "td" : "th", { ...(y ? {} : { scope: "col" }) }, input);
  }

  function resize(rows, columns) {
    const now = cells();
    const [y, x] = at;
    if ((rows < 0 && now.length < 2) || (columns < 0 && now[0].length < 3)) return;
    if (rows > 0) now.splice(y + 1, 0, now[0].map(() => ""));
    if (rows < 0) now.splice(y, 1);
    for (const one of now) {
      if (columns > 0) one.splice(x + 1, 0, "");
      if (columns < 0) one.splice(x, 1);
    }
    draw(now);
    send();
    table.rows[Math.min(now.length - 1, y + Math.max(0, rows))].cells[Math.min(now[0].length - 1, x + Math.max(0, columns))].firstChild.focus();
  }

  function paste(event) {
    const lines = event.clipboardData.getData("text/plain").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    if (lines.length < 2 && lines[0].length < 2) return;
    event.preventDefault();
    const now = cells();
    lines.forEach((line, dy) => line.forEach((text, dx) => {
      now[at[0] + dy] ??= [];
      now[at[0] + dy][at[1] + dx] = text.trim();
    }));
    draw(now);
    send();
  }

  const send = () => report({ [part.key]: trimmed(cells()) });
  draw(rowsOf(value));
  return { element, focus: () => table.rows[0].cells[0].firstChild.focus(), set: (values) => { if (!same(trimmed(cells()), trimmed(rowsOf(values[part.key])))) draw(rowsOf(values[part.key])); } };
}

const rowsOf = (value) => Array.isArray(value) ? value.map((one) => listOf(one)) : [];

// Without blank rows at the end; nothing for a blank table.
function trimmed(rows) {
  const all = rows.map((one) => [...one]);
  while (all.length && blank(all.at(-1))) all.pop();
  const width = Math.max(0, ...all.map((one) => one.findLastIndex((text) => text.trim()) + 1));
  return all.length ? all.map((one) => one.slice(0, width)) : "";
}
