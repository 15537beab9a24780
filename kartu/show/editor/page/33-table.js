// The table of a list: which row is the heading, and which column becomes what.

const NEVER = "#";

function tableParts(look) {
  const { sheets, headings, heading, types, total, rows, first, faults: found, more_faults: left } = look;
  const pick = (id, options, value, said) => {
    const select = choice(options, String(value));
    select.id = id;
    select.addEventListener("change", () => lookAtFile(said(select.value), id));
    return select;
  };
  const fresh = { keys: [] }; // columns are looked at again where another row names them
  const kind = pick("look-type", types.map((one) => [one.id, one.name]), look.note_type, (value) => ({ note_type: value, heading, ...fresh }));
  if (!look.note_type) kind.prepend(make("option", { value: "", selected: true }, say("typeByRow")));
  const row = pick("look-heading", [...(heading === null ? [["", say("chooseHeading")]] : []), ["-1", say("noHeading")], ...headings.map((text, at) => [String(at), `${say("rowNumber", { n: number(at + 1) })}: ${text.slice(0, 60)}`])],
    heading ?? "", (value) => value === "" ? {} : { heading: Number(value), note_type: look.note_type, ...fresh });
  const sheet = sheets.length > 1 ? labelled(say("sheet"), "", pick("look-sheet", sheets.map((name, at) => [String(at), name]), look.sheet, (value) => ({ sheet: Number(value), heading: null, note_type: "", ...fresh }))) : "";
  const asked = heading === null ? callout("mind", say("askHeading"), say("askHeadingHelp"),
    button(say("isHeading"), () => lookAtFile({ heading: 0, note_type: look.note_type, ...fresh }, "take"), { id: "is-heading" }), button(say("isCard"), () => lookAtFile({ heading: -1, note_type: look.note_type, ...fresh }, "take"), { id: "is-card" })) : "";
  return [make("section", { className: "sheet" }, make("h2", {}, say("whichColumns")), asked, make("div", { className: "two" }, labelled(say("whichType"), "", kind), labelled(say("headingRow"), "", row), sheet),
    make("div", { className: "wide", tabIndex: 0, role: "region", ariaLabel: say("whichColumns") }, columnsTable(look)), more(total - first - rows.length)), faultList(found, left)];
}

function columnsTable(look) {
  const { keys, fields, other_keys: others, rows, first, heading } = look;
  const names = new Map([...fields.map((one) => [one.key, one.name]), ...others.map((key) => [key, say(`column-${key}`)]), [NEVER, say("column-none")]]);
  const bad = new Map(look.faults.filter((one) => one.row !== null).map((one) => [one.row, one]));
  const head = keys.map((key, at) => {
    const select = choice([...names], key);
    select.id = `column-${at}`;
    select.ariaLabel = say("columnBecomes", { n: number(at + 1), name: heading === null || heading < 0 ? "" : rows[heading - first]?.[at] ?? "" });
    select.addEventListener("change", () => {
      const now = keys.map((one, n) => n === at ? select.value : one === select.value && one !== NEVER ? NEVER : one);
      lookAtFile({ keys: now, heading: heading ?? -1, note_type: look.note_type, sheet: look.sheet }, `column-${at}`);
    });
    return make("th", { scope: "col", className: key === NEVER ? "never" : "" }, select);
  });
  const required = new Set(look.kind === "table" ? look.required ?? [] : []);
  const line = (cells, n) => {
    const at = n + first;
    const kind = heading !== null && at === heading ? "heading" : heading !== null && at < heading ? "above" : bad.has(at) ? "faulty" : "";
    return make("tr", { className: kind }, make("th", { scope: "row" }, number(at + 1), kind ? make("span", { className: "unseen" }, ` ${say(`row-${kind}`)}`) : ""), ...cells.map((cell, place) => make("td", { className: keys[place] === NEVER ? "never" : "" },
      !cell.trim() && required.has(keys[place]) && !kind ? make("span", { className: "mark mind" }, icon("warn"), say("isBlank")) : reading(cell))));
  };
  return make("table", { className: "columns" }, make("thead", {}, make("tr", {}, make("td"), ...head)), make("tbody", {}, ...rows.map(line)));
}
