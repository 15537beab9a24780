// Text fields and their tools. A field grows with its text; a tool puts what Markdown needs around
// the marked words, in a way that the browser can undo.

const TOOLS = {
  bold: { text: "B", keys: "Ctrl+B", act: (input) => surround(input, "**") },
  italic: { text: "I", keys: "Ctrl+I", act: (input) => surround(input, "*") },
  list: { drawing: "list", keys: "", act: (input) => bullets(input) },
  formula: { drawing: "sum", keys: "Ctrl+M", act: (input) => surround(input, "$") },
  table: { drawing: "table", keys: "", act: (input) => insertTable(input) },
  picture: { drawing: "picture", keys: "", act: (input) => insertPicture(input) },
};
const LETTERS = { b: "bold", i: "italic", m: "formula" };

function textEditor(part, value, report, { lines, tools }) {
  const input = make("textarea", { value: String(value ?? ""), rows: lines, spellcheck: true, lang: desk.deck?.language ?? "", className: lines === 1 ? "one" : "" });
  input.addEventListener("input", () => {
    if (lines === 1 && input.value.includes("\n")) input.value = input.value.replace(/\s*\n\s*/g, " ");
    fit(input);
    report({ [part.key]: input.value });
  });
  input.addEventListener("keydown", (event) => {
    if (lines === 1 && event.key === "Enter" && !event.ctrlKey) event.preventDefault();
    toolKeys(event, input, tools);
  });
  requestAnimationFrame(() => fit(input));
  return {
    element: input, input, tools: tools.length ? toolRow(input, tools) : null, focus: () => input.focus(),
    set(values) { if (input.value !== plain(values[part.key])) { input.value = plain(values[part.key]); fit(input); } },
  };
}

// Browsers that do not size a field to its content are helped.
const grows = CSS.supports("field-sizing", "content");
function fit(input) {
  if (grows) return;
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight + 3}px`;
}

function toolRow(input, names) {
  const row = make("div", { className: "tools", attributes: { role: "toolbar", "aria-label": say("tools") } });
  names.forEach((name, at) => {
    const { text = "", drawing = "", keys, act } = TOOLS[name];
    const label = keys ? `${say(`tool-${name}`)} (${keys})` : say(`tool-${name}`);
    const one = button(text, () => act(input), { kind: `bare ${text.length > 1 ? "named" : "icon"} tool-${name}`, drawing, label, tabIndex: at ? -1 : 0, data: { tool: name } });
    one.addEventListener("pointerdown", (event) => event.preventDefault()); // the marked words stay marked
    row.append(one);
  });
  row.addEventListener("keydown", (event) => {
    const all = [...row.children];
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const to = all[(all.indexOf(document.activeElement) + by + all.length) % all.length];
    for (const one of all) one.tabIndex = one === to ? 0 : -1;
    to.focus();
  });
  return row;
}

function toolKeys(event, input, names) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const name = event.shiftKey && event.key.toLowerCase() === "c" ? "gap" : event.shiftKey ? "" : LETTERS[event.key.toLowerCase()];
  if (!name || !names.includes(name)) return;
  event.preventDefault();
  event.stopPropagation();
  TOOLS[name].act(input);
}

// Replaces the marked text as if it was typed; `from` and `to` are then marked within the new one.
function type(input, text, from = text.length, to = from) {
  input.focus();
  if (!input.matches("textarea, input")) return document.execCommand("insertText", false, text);
  const start = input.selectionStart;
  if (!document.execCommand("insertText", false, text)) {
    input.setRangeText(text);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  input.setSelectionRange(start + from, start + to);
  return true;
}

function marked(input) {
  if (!input.matches("textarea, input")) return String(getSelection());
  return input.value.slice(input.selectionStart, input.selectionEnd);
}

// Puts a mark around the marked words, or takes it away; white space at their ends stays outside.
function surround(input, mark) {
  input.focus();
  const text = marked(input);
  const [, before, inner, after] = /^(\s*)([^]*?)(\s*)$/.exec(text);
  if (input.matches("textarea") && removeAround(input, mark)) return;
  if (inner.length > 2 * mark.length && inner.startsWith(mark) && inner.endsWith(mark)) {
    const bare = inner.slice(mark.length, -mark.length);
    return void type(input, before + bare + after, before.length, before.length + bare.length);
  }
  type(input, before + mark + inner + mark + after, before.length + mark.length, before.length + mark.length + inner.length);
}

// Three asterisks are bold and italic together.
function removeAround(input, mark) {
  const { value, selectionStart: from, selectionEnd: to } = input;
  const n = mark.length, sign = mark[0];
  const count = (text) => { let found = 0; while (text(found) === sign) found += 1; return found; };
  const run = Math.min(count((at) => value[from - 1 - at]), count((at) => value[to + at]));
  const has = mark === "*" ? run % 2 === 1 : run >= n;
  if (from === to || !has) return false;
  const inner = value.slice(from, to);
  input.setSelectionRange(from - n, to + n);
  type(input, inner, 0, inner.length);
  return true;
}

// Makes a list of the lines that are marked, wholly or in part.
function bullets(input) {
  if (!input.matches("textarea")) return void type(input, "\n- ");
  const { value, selectionStart, selectionEnd } = input;
  const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const end = value.indexOf("\n", selectionEnd);
  const to = end < 0 ? value.length : end;
  const lines = value.slice(from, to).split("\n");
  const all = lines.every((line) => /^- /.test(line));
  const text = lines.map((line) => all ? line.slice(2) : line.startsWith("- ") ? line : `- ${line}`).join("\n");
  input.setSelectionRange(from, to);
  const before = from > 1 && !all && value.slice(0, from).trim() && value.slice(from - 2, from) !== "\n\n" ? "\n" : "";
  type(input, before + text);
}

function insertTable(input) {
  const head = [say("column", { n: 1 }), say("column", { n: 2 })];
  const text = `\n\n| ${head.join(" | ")} |\n| --- | --- |\n|  |  |\n`;
  const start = text.indexOf(head[0]);
  type(input, text, start, start + head[0].length);
}

async function insertPicture(input, file = "") {
  const { selectionStart, selectionEnd } = input;
  const chosen = await choosePicture(marked(input), file);
  if (!chosen) return input.focus();
  input.focus();
  if (input.matches("textarea")) input.setSelectionRange(selectionStart, selectionEnd);
  type(input, `![${chosen.alt.replace(/[[\]]/g, "")}](${/\s/.test(chosen.file) ? `<${chosen.file}>` : chosen.file})`);
}
