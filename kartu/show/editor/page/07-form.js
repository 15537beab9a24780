// The form of the open note: what is required or filled, the rest as buttons below.

let form = null;

// A form begins with a note as the program has it, or with a type for a new one.
function beginForm(note, fresh = {}) {
  const type = desk.types.get(note.type) ?? { id: note.type, name: note.type, kind: "standard", fields: [] };
  form = {
    deck: desk.deck.id, id: note.id, type, note, values: clone(note.values), seen: clone(note.values), clean: clone(note.values),
    parts: partsOf(type), editors: new Map(), elements: new Map(), added: new Set(), restored: new Map(), clashes: new Map(), chosen: new Set(), left: new Set(), faults: note.faults ?? [],
    timer: 0, saving: null, refused: "", touched: 0, ...fresh,
  };
  if (edits) restoreDraft(form);
  displayCards(note, true);
  drawForm();
  displaySaved();
  if (form.restored.size) preview(form);
}

function drawForm() {
  const { note, parts } = form;
  form.editors.clear();
  form.elements.clear();
  $("form").replaceChildren(headOf(form), make("div", { id: "form-strips" }), make("div", { id: "form-faults" }));
  if (note.retired) $("form").append(callout("mind", say("isRetired"), note.retired, ...(edits ? [button(say("useAgain"), () => act("unretire"), { drawing: "undo" })] : [])));
  if (isFixed(note)) return drawFixed();
  const area = make("div", { id: "fields" });
  $("form").append(area);
  for (const part of parts) if (isShown(part)) area.append(drawPart(part));
  $("form").append(make("div", { id: "chips", className: "chips" }), make("div", { className: "apart wrap after" },
    make("span", { className: "quiet" }, say("savedByItself")), button(say("nextNote"), nextNote, { drawing: "plus", keys: "Ctrl+Enter" })));
  drawChips();
  displayStrips();
  displayFaults();
  displayNeeds();
}

// Which fields of an unfinished note are still to be filled.
function displayNeeds() {
  const required = new Set(form.type.fields.filter((one) => one.required).map((one) => one.key));
  for (const part of form.parts) {
    const title = form.elements.get(part.key)?.querySelector("label, legend");
    if (!title) continue;
    title.querySelector(".mark")?.remove();
    if (form.id && part.keys.some((key) => required.has(key) && blank(form.values[key]))) title.append(" ", make("span", { className: "mark mind" }, say("stillBlank")));
  }
}

const isFixed = (note) => !edits || note.editable === false;

// A note that is edited in another program, or not at all: its texts, to be read.
function drawFixed() {
  if (edits) $("form").append(whyFixed());
  const list = make("dl", { className: "read" });
  const { values } = form;
  for (const part of form.parts) {
    const keys = part.keys.filter((key) => !blank(form.values[key]));
    if (!keys.length) continue;
    const rows = keys.flatMap((key) => [make("dt", {}, form.type.fields.find((one) => one.key === key)?.name ?? part.label), make("dd", {}, textIn(form.values[key]))]);
    if (part.key === "sources") known("sources").then(() => { rows[1].textContent = listOf(values.sources).map(titleOf).join("\n"); });
    const element = make("div", { tabIndex: -1, data: { key: part.key } }, ...rows, make("dd", { className: "callout-here" }));
    form.elements.set(part.key, element);
    list.append(element);
  }
  $("form").append(list);
  displayFaults();
}

// A value to be read: items below each other, covers by their number.
function textIn(value) {
  if (Array.isArray(value) && !value.some(Array.isArray)) return value.map(reading).join("\n");
  return plain(value).includes("::image-occlusion:") ? coversIn(plain(value)) : reading(value);
}

function whyFixed() {
  const unread = form.faults.some((one) => one.severity === "error") && !/\.(xlsx|ods)$/.test(form.note.path);
  return unread ? callout("mind", say("notReadable"), "")
    : callout("mind", say("notHere"), sentence(form.note.why) || say("notHereHelp", { file: form.note.path.split("/").pop() }));
}

function headOf({ type, note, id, subdeck }) {
  const opener = button("", () => noteMenu(opener), { kind: "bare icon", drawing: "dots", label: say("noteMenu"), id: "note-menu", attributes: { "aria-haspopup": "menu", "aria-expanded": "false" } });
  return make("header", { className: "apart head" },
    make("div", { className: "row what" }, make("span", { className: "pill", data: { kind: type.id } }, type.name), make("span", { className: "quiet subdeck" }, (note.subdeck ?? subdeck) || ""),
      id && note.unfinished ? make("span", { className: "mark mind" }, say("markUnfinished")) : ""),
    make("div", { className: "together" },
      button("", () => step(-1), { kind: "bare icon", drawing: "up", label: say("previousKey") }), button("", () => step(1), { kind: "bare icon", drawing: "down", label: say("nextKey") }),
      edits ? make("div", { className: "anchor" }, opener) : ""));
}

const isShown = (part) => part.required || form.added.has(part.key) || part.keys.some((key) => !blank(form.values[key])) || part.keys.some((key) => form.faults.some((one) => one.key === key));

function drawPart(part) {
  const own = form;
  const report = (values) => { for (const [key, value] of Object.entries(values)) changed(own, key, value); };
  const editor = editorOf(part, form.values, report);
  const id = newId(), help = newId();
  const group = !editor.input;
  const element = make(group ? "fieldset" : "div", { className: "field", data: { key: part.key, kind: part.kind } });
  const title = make(group ? "legend" : "label", { id }, part.label);
  element.append(editor.tools ? make("div", { className: "titled" }, title, editor.tools) : title);
  if (part.help) element.append(make("p", { className: "help", id: help }, part.help));
  element.append(editor.element, make("div", { className: "callout-here" }));
  if (editor.input) {
    editor.input.id ||= newId();
    if (editor.input.matches("input, textarea, select")) element.querySelector("label").htmlFor = editor.input.id;
    else editor.input.setAttribute("aria-labelledby", id);
    if (part.help) editor.input.setAttribute("aria-describedby", help);
    if (part.required && editor.input.matches("input, textarea")) editor.input.ariaRequired = "true";
  } else if (part.help) element.setAttribute("aria-describedby", help);
  element.addEventListener("focusout", (event) => { if (!element.contains(event.relatedTarget) && form === own) left(own, part); });
  form.editors.set(part.key, editor);
  form.elements.set(part.key, element);
  return element;
}

function left(own, part) {
  own.touched = 0;
  own.left.add(part.key);
  saveForm(own);
  if (form === own) displayFaults();
}

function drawChips() {
  const hidden = form.parts.filter((part) => !form.elements.has(part.key));
  const drawings = { image: "picture", sound: "sound", table: "table" };
  $("chips").hidden = !hidden.length;
  const id = newId();
  $("chips").replaceChildren(make("p", { className: "quiet", id }, say("addField")), make("div", { className: "row", attributes: { role: "group", "aria-labelledby": id } },
    ...hidden.map((part) => chipOf(part, drawings[part.kind] ?? "plus"))));
}

function chipOf(part, drawing) {
  const chip = button(part.label, () => addPart(part), { drawing, data: { add: part.key }, title: part.help ?? "" });
  if (part.help) chip.setAttribute("aria-description", part.help);
  return chip;
}

// A part that was added and is still empty can be taken away again.
function removePart(part) {
  form.added.delete(part.key);
  form.elements.get(part.key).remove();
  form.elements.delete(part.key);
  form.editors.delete(part.key);
  drawChips();
  $("chips").querySelector(`[data-add="${part.key}"]`)?.focus();
}

// A part at its place, which need not be the last.
function showPart(part) {
  if (form.elements.has(part.key)) return;
  const before = form.parts.slice(form.parts.indexOf(part) + 1).find((one) => form.elements.has(one.key));
  const element = drawPart(part);
  $("fields").insertBefore(element, before ? form.elements.get(before.key) : null);
  drawChips();
}

function addPart(part) {
  form.added.add(part.key);
  showPart(part);
  const name = say("removeOne", { name: part.label });
  form.elements.get(part.key).append(button("", () => removePart(part), { kind: "bare icon away", drawing: "cross", label: name }));
  form.editors.get(part.key).focus();
  announce(say("fieldAdded", { name: part.label }));
}

const partOf = (key) => form?.parts.find((part) => part.keys.includes(key));

// The focus to a field; to the first one without a key.
function focusField(key) {
  const part = (key && partOf(key)) || form?.parts.find((one) => form.elements.has(one.key));
  if (!part) return $("write").focus();
  if (!form.elements.has(part.key) && $("fields")) addPart(part);
  const element = form.elements.get(part.key);
  element?.scrollIntoView({ block: "center" });
  if (form.editors.has(part.key)) form.editors.get(part.key).focus(key);
  else element?.focus();
}

// Takes the note over as the program has it now. What is typed and not saved stays, and `seen` with
// it: then the program notices that both are changed.
function mergeForm(note) {
  let redraw = Boolean(form.note.retired) !== Boolean(note.retired) || (form.note.editable ?? true) !== (note.editable ?? true);
  if (form.type.id !== note.type) return beginForm(note);
  const changedParts = new Set();
  for (const key of new Set([...Object.keys(note.values), ...Object.keys(form.seen)])) {
    const theirs = note.values[key] ?? "";
    if (same(theirs, form.seen[key]) || changedKeys(form).includes(key)) continue;
    form.values[key] = clone(theirs);
    form.seen[key] = clone(theirs);
    form.clean[key] = clone(theirs);
    const part = partOf(key);
    if (part) changedParts.add(part);
  }
  redraw ||= isFixed(note) && changedParts.size > 0;
  form.note = note;
  form.faults = note.faults ?? [];
  faultsOfNote(note);
  if (redraw) keepFocus(drawForm);
  else {
    const head = $("form").querySelector(".head");
    const focused = [...head.querySelectorAll("button")].indexOf(document.activeElement);
    head.replaceWith(headOf(form));
    if (focused >= 0) $("form").querySelectorAll(".head button")[focused].focus();
    for (const part of changedParts) redrawPart(part);
  }
  if (!changedKeys(form).length) displayCards(note);
  displayFaults();
  displayNeeds();
  displaySaved();
}

function redrawPart(part) {
  const editor = form.editors.get(part.key);
  if (editor) editor.set(form.values);
  else if (isShown(part) && $("fields")) showPart(part);
}

// The focus stays in the field that had it, though all is drawn anew.
function keepFocus(draw) {
  const key = document.activeElement.closest?.(".field")?.dataset.key;
  const { selectionStart, selectionEnd } = document.activeElement;
  draw();
  if (!key || !form.editors.has(key)) return;
  form.editors.get(key).focus();
  if (typeof selectionStart === "number") document.activeElement.setSelectionRange?.(selectionStart, selectionEnd);
}

function callout(kind, title, text, ...buttons) {
  return make("div", { className: `callout ${kind}` }, icon(kind === "good" ? "tick" : kind === "mind" ? "clock" : "warn"),
    make("div", {}, make("p", {}, make("b", {}, title), text ? ` ${text}` : ""), buttons.length ? make("div", { className: "row" }, ...buttons) : ""));
}

// Where nothing can be edited: no deck is there any more.
function displayNothing() {
  form = null;
  arrangeList();
  displayBar();
  $("form").replaceChildren(make("p", { className: "quiet" }, say("noDecks")));
  displayCards({ cards: [], css: "" }, true);
  root.dataset.ready = "yes";
}

function displayFirst() {
  form = null;
  selected = "";
  showPane("write");
  displayCards({ cards: [], css: "" }, true);
  displaySaved();
  if (!edits) return $("form").replaceChildren(make("p", { className: "quiet" }, say("noCards")));
  const first = [...desk.types.values()].find((one) => one.id === "istilah") ?? creatable()[0];
  $("form").replaceChildren(make("div", { className: "empty" }, make("h2", {}, say("firstNote", { deck: desk.deck.name })), make("p", { className: "quiet" }, say("firstNoteHelp")),
    make("div", { className: "row centre" }, first ? button(first.name, () => openNew(first.id), { kind: "main", drawing: "plus" }) : "", button(say("otherType"), newNote),
      desk.project.file ? "" : button(say("start-paste"), () => displayBring({ paste: true }), { drawing: "paste" }))));
}
