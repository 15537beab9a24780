// A sentence with gaps: marked words become a gap, which is displayed as one and not by its signs.
// What the field holds is the text with Anki's signs; where these cannot be displayed without a
// loss, the text itself is edited.

const OPEN = /\{\{c(\d+)::/g;

// The nodes of a text: strings, and gaps {n, hint, inner}. Null where it cannot be taken apart.
function gapsIn(text) {
  const stack = [{ inner: [] }];
  let at = 0;
  while (at < text.length) {
    OPEN.lastIndex = at;
    const open = OPEN.exec(text);
    const close = stack.length > 1 ? text.indexOf("}}", at) : -1;
    if (open && (close < 0 || open.index < close)) {
      pushText(stack.at(-1), text.slice(at, open.index));
      stack.push({ n: Number(open[1]), inner: [] });
      at = OPEN.lastIndex;
    } else if (close >= 0) {
      pushText(stack.at(-1), text.slice(at, close));
      const gap = stack.pop();
      takeHint(gap);
      stack.at(-1).inner.push(gap);
      at = close + 2;
    } else {
      pushText(stack.at(-1), text.slice(at));
      at = text.length;
    }
  }
  return stack.length === 1 && textOf(stack[0].inner) === text ? stack[0].inner : null;
}

function pushText(node, text) {
  if (text) node.inner.push(text);
}

function takeHint(gap) {
  const end = gap.inner.at(-1);
  const at = typeof end === "string" ? end.lastIndexOf("::") : -1;
  gap.hint = at < 0 ? null : end.slice(at + 2);
  if (at < 0) return;
  gap.inner.pop();
  pushText(gap, end.slice(0, at));
}

function textOf(nodes) {
  return nodes.map((one) => typeof one === "string" ? one : `{{c${one.n}::${textOf(one.inner)}${one.hint === null ? "" : `::${one.hint}`}}}`).join("");
}

function gapEditor(part, value, report) {
  if (!gapsIn(String(value))) return textEditor(part, value, report, { lines: 3, tools: ["bold", "italic", "formula"] });
  const input = make("div", { className: "write", contentEditable: "true", spellcheck: true, lang: desk.deck?.language ?? "", attributes: { role: "textbox", "aria-multiline": "true", "aria-required": part.required ? "true" : null } });
  const hints = make("div", { className: "hints" });
  const element = make("div", { className: "gapped" }, input, hints);
  const draw = (text) => { input.replaceChildren(...drawn(gapsIn(text) ?? [text])); drawHints(); };
  const send = () => {
    report({ [part.key]: readGaps(input) });
    drawHints();
  };
  const drawHints = () => {
    const gaps = [...input.querySelectorAll("mark")];
    hints.replaceChildren(...(gaps.length ? [make("p", { className: "label" }, say("gaps")), make("p", { className: "help" }, say("gapsHelp"))] : []), ...gaps.map((gap) => hintRow(gap, send, input)));
  };
  input.gaps = { add: (n) => { addGap(input, n); send(); } };
  input.addEventListener("input", () => {
    const focused = hints.contains(document.activeElement);
    report({ [part.key]: readGaps(input) });
    if (!focused) drawHints();
  });
  input.addEventListener("beforeinput", (event) => {
    const edge = event.inputType === "insertText" && event.data && !event.isComposing && input.edited !== "within" ? edgeOfGap(input) : null;
    input.edited = event.inputType.startsWith("delete") ? "within" : "";
    if (!edge) return;
    event.preventDefault();
    typeBeside(edge, event.data);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  input.addEventListener("paste", (event) => {
    event.preventDefault();
    insertBeside(input, "insertText", event.clipboardData.getData("text/plain"));
  });
  input.addEventListener("drop", (event) => event.preventDefault());
  const tools = ["gap", "bold", "italic", "list", "formula", "picture"];
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      insertBeside(input, "insertLineBreak", "\n");
    }
    toolKeys(event, input, tools);
  });
  draw(String(value));
  return { element, input, tools: toolRow(input, tools), focus: () => input.focus(), set(values) {
    const text = plain(values[part.key]);
    if (readGaps(input) !== text) draw(text);
  } };
}

TOOLS.gap = { text: say("tool-gap"), drawing: "gap", keys: "Ctrl+Shift+C", act: (input) => input.gaps.add() };

// The last line break of a field is displayed only if another one follows.
function drawn(nodes) {
  return nodes.map((one) => typeof one === "string" ? document.createTextNode(one) : gapMark(one.n, one.hint, drawn(one.inner)));
}

function gapMark(n, hint, inner) {
  const mark = make("mark", { data: { n } }, ...inner);
  if (hint !== null && hint !== undefined) mark.dataset.hint = hint;
  return mark;
}

function readGaps(node) {
  let text = "";
  for (const one of node.childNodes) {
    if (one.nodeType === Node.TEXT_NODE) text += one.data.replaceAll("\u00a0", " ");
    else if (one.nodeName === "BR") text += one.nextSibling || one.parentNode.nodeName !== "DIV" ? "\n" : "";
    else if (one.nodeName === "MARK") {
      const inner = readGaps(one);
      text += inner ? `{{c${one.dataset.n}::${inner}${"hint" in one.dataset ? `::${one.dataset.hint}` : ""}}}` : "";
    } else text += (one.nodeName === "DIV" && text ? "\n" : "") + readGaps(one);
  }
  return text;
}

// Makes the marked words a gap with a number of its own, or the same as `n`; a gap around them is
// taken away instead.
function addGap(input, n) {
  const selection = getSelection();
  input.focus();
  if (!selection.rangeCount || !input.contains(selection.anchorNode)) return announce(say("markFirst"));
  const range = selection.getRangeAt(0);
  const around = (range.commonAncestorContainer.nodeType === 3 ? range.commonAncestorContainer.parentNode : range.commonAncestorContainer).closest("mark");
  if (around && input.contains(around)) return unwrap(around);
  if (range.collapsed) expandToWord(selection);
  const words = selection.getRangeAt(0);
  const text = String(words);
  if (!text.trim() || words.cloneContents().querySelector("mark")) return notice(say(text.trim() ? "gapInGap" : "markFirst"), "", "mind");
  const used = [...input.querySelectorAll("mark")].map((one) => Number(one.dataset.n));
  const mark = gapMark(n ?? Math.max(0, ...used) + 1, null, [words.extractContents()]);
  words.insertNode(mark);
  leaveBlanks(mark);
  input.normalize();
  selection.setBaseAndExtent(mark, mark.childNodes.length, mark, mark.childNodes.length);
  announce(say("gapMade", { n: mark.dataset.n, text: mark.textContent }));
}

// The gap at whose edge the caret is, and which: what is typed there is beside it, not in it,
// unless something in it was deleted just now.
function edgeOfGap(input) {
  const { anchorNode: node, anchorOffset: offset, isCollapsed } = getSelection();
  const last = node?.nodeType === 3 ? !offset && node.previousSibling : node?.childNodes[offset - 1];
  if (isCollapsed && last?.nodeName === "MARK" && input.contains(last)) return { mark: last, after: true };
  const mark = isCollapsed && input.contains(node) ? (node.nodeType === 3 ? node.parentNode : node).closest("mark") : null;
  if (!mark || !input.contains(mark)) return null;
  const before = document.createRange();
  before.setStart(mark, 0);
  before.setEnd(node, offset);
  const length = String(before).length;
  return length === mark.textContent.length ? { mark, after: true } : length === 0 ? { mark, after: false } : null;
}

function typeBeside({ mark, after }, data) {
  const beside = after ? mark.nextSibling : mark.previousSibling;
  const text = beside?.nodeType === 3 ? beside : document.createTextNode("");
  if (text !== beside) mark[after ? "after" : "before"](text);
  const at = after ? 0 : text.length;
  text.insertData(at, data);
  if (data === "\n" && text.length === at + 1 && !text.nextSibling) text.appendData("\n"); // else the last one is not seen
  getSelection().collapse(text, at + data.length);
}

// A text or a line break, as the browser's command has it, but never within a gap at whose edge it is.
function insertBeside(input, command, data) {
  const edge = edgeOfGap(input);
  if (!edge) return void document.execCommand(command, false, data);
  typeBeside(edge, data);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function unwrap(mark) {
  const { parentNode: parent, dataset: { n } } = mark;
  mark.replaceWith(...mark.childNodes);
  parent.normalize();
  announce(say("gapRemoved", { n }));
}

function expandToWord(selection) {
  selection.modify?.("move", "backward", "word");
  selection.modify?.("extend", "forward", "word");
}

// Blanks and line breaks at the ends of a new gap go out of it; letters stay as they were marked,
// for a part of a word is a gap too.
function leaveBlanks(mark) {
  for (const [end, side, blanks] of [["firstChild", "before", /^\s*/], ["lastChild", "after", /\s*$/]]) {
    for (;;) {
      const node = mark[end];
      if (node.nodeName === "BR") mark[side](node);
      else if (node.nodeType !== 3) break;
      else {
        const [outside] = blanks.exec(node.data);
        if (outside) mark[side](outside);
        node.data = node.data.replace(blanks, "");
        if (node.data) break;
        node.remove();
      }
    }
  }
}

// A gap's number and hint. Gaps of the same number are on one card.
function hintRow(gap, send, input) {
  const id = newId();
  const hint = make("input", { type: "text", id, value: gap.dataset.hint ?? "", placeholder: say("hintExample"), autocomplete: "off" });
  hint.addEventListener("input", () => {
    if (hint.value) gap.dataset.hint = hint.value.replaceAll("}}", "").replaceAll("::", ":");
    else delete gap.dataset.hint;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const numbers = [...new Set([...input.querySelectorAll("mark")].map((one) => Number(one.dataset.n)))].sort((one, other) => one - other);
  const next = Math.max(...numbers) + 1;
  const which = choice([...numbers, next].map((n) => [String(n), String(n)]), gap.dataset.n);
  which.id = newId();
  which.ariaLabel = say("gapNumber", { text: gap.textContent });
  which.addEventListener("change", () => { gap.dataset.n = which.value; send(); });
  const remove = button("", () => { unwrap(gap); send(); input.focus(); }, { kind: "bare icon", drawing: "cross", label: say("removeGap", { text: gap.textContent }) });
  return make("div", { className: "hint" }, make("div", {}, make("label", { htmlFor: which.id, className: "small" }, say("gapNumberShort")), which), make("div", {}, make("label", { htmlFor: id, className: "small" }, make("b", {}, gap.textContent), ` ${say("hint")}`), hint), remove);
}
