// Lists: rows to write, add, remove, and move, by buttons, keys and dragging alike. The rows in the
// page are the list; each change reads them all.

// `row(value)` makes a row's own content {nodes, read, input}; `least` and `most` are how many.
function rowsEditor({ values, row, label, add, least = 0, most = Infinity, change, split = true }) {
  const list = make("ol", { className: "rows" });
  const adder = button(add, () => insert(list.children.length, true), { drawing: "plus", className: "button add" });
  const element = make("div", { className: "rowed" }, list, adder);
  const rows = () => [...list.children];

  function insert(at, focus = false, value) {
    if (rows().length >= most) return null;
    const one = make("li");
    const content = row(value, update);
    const grip = make("span", { className: "grip", ariaHidden: "true" }, icon("grip"), make("span", { className: "number" }));
    one.content = content;
    one.append(grip, ...content.nodes, make("span", { className: "together moves" },
      button("", () => move(one, -1), { kind: "bare icon", drawing: "up", data: { to: "up" } }),
      button("", () => move(one, 1), { kind: "bare icon", drawing: "down", data: { to: "down" } }),
      button("", () => remove(one), { kind: "bare icon", drawing: "cross", data: { to: "remove" } })));
    drag(grip, one);
    one.addEventListener("keydown", (event) => keys(event, one));
    if (split) content.input.addEventListener("paste", (event) => paste(event, one));
    list.insertBefore(one, list.children[at] ?? null);
    content.state?.();
    number_();
    if (focus) {
      content.input.focus();
      update();
    }
    return one;
  }

  function number_() {
    rows().forEach((one, at, all) => {
      const name = say("row", { label, n: at + 1 });
      one.querySelector(".number").textContent = at + 1;
      one.content.input.ariaLabel = name;
      one.content.name?.(at, name);
      for (const [to, key] of [["up", "rowUp"], ["down", "rowDown"], ["remove", "rowRemove"]]) {
        const one_ = one.querySelector(`[data-to="${to}"]`);
        one_.title = one_.ariaLabel = `${say(key)}: ${name}`;
        one_.ariaDisabled = String((to === "up" && !at) || (to === "down" && at === all.length - 1) || (to === "remove" && all.length <= Math.max(1, least)));
      }
    });
    adder.hidden = rows().length >= most;
  }

  function update() {
    change(rows().map((one) => one.content.read()));
  }

  function move(one, by) {
    const at = rows().indexOf(one), to = at + by;
    if (to < 0 || to >= rows().length) return;
    const focused = document.activeElement;
    if (by < 0) list.insertBefore(one, list.children[to]);
    else list.children[to].after(one);
    number_();
    (focused.ariaDisabled === "true" ? one.content.input : focused).focus();
    announce(say("place", { what: one.content.input.value || label, n: to + 1, of: rows().length }));
    update();
  }

  function remove(one) {
    const next = one.previousElementSibling ?? one.nextElementSibling;
    if (!next) {
      one.content.input.value = "";
      return update();
    }
    one.remove();
    number_();
    next.content.input.focus();
    announce(say("rowRemoved"));
    update();
  }

  function keys(event, one) {
    const { key, altKey, shiftKey, ctrlKey, target } = event;
    if (altKey && shiftKey && /^Arrow(Up|Down)$/.test(key)) move(one, key === "ArrowUp" ? -1 : 1);
    else if (target !== one.content.input || altKey || ctrlKey) return;
    else if (key === "Enter" && one.nextElementSibling && !one.nextElementSibling.content.input.value) one.nextElementSibling.content.input.focus();
    else if (key === "Enter") insert(rows().indexOf(one) + 1, true);
    else if (key === "Backspace" && !target.value && rows().length > Math.max(1, least)) remove(one);
    else if (key === "ArrowUp" && !shiftKey && !target.selectionEnd) one.previousElementSibling?.content.input.focus();
    else if (key === "ArrowDown" && !shiftKey && target.selectionStart === target.value.length) one.nextElementSibling?.content.input.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // A pasted list is divided by itself.
  function paste(event, one) {
    const lines = event.clipboardData.getData("text/plain").split("\n").map((line) => line.replace(/^\s*(?:[-*•]|\d+[.)])?\s+|\s+$/g, "").trim()).filter(Boolean);
    if (lines.length < 2) return;
    event.preventDefault();
    const at = rows().indexOf(one);
    if (one.content.input.value.trim()) lines.forEach((line, n) => insert(at + 1 + n, false, line));
    else {
      one.content.input.value = lines[0];
      lines.slice(1).forEach((line, n) => insert(at + 1 + n, false, line));
    }
    update();
  }

  function drag(grip, one) {
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      one.classList.add("dragged");
      const over = ({ clientY }) => {
        const other = rows().find((it) => it !== one && clientY >= it.getBoundingClientRect().top && clientY <= it.getBoundingClientRect().bottom);
        if (!other) return;
        // The others make room: a row that is moved itself would lose the pointer.
        for (let by = rows().indexOf(other) - rows().indexOf(one); by; by -= Math.sign(by)) {
          if (by > 0) list.insertBefore(one.nextElementSibling, one);
          else one.after(one.previousElementSibling);
        }
      };
      grip.addEventListener("pointermove", over);
      grip.addEventListener("lostpointercapture", () => {
        grip.removeEventListener("pointermove", over);
        one.classList.remove("dragged");
        number_();
        update();
      }, { once: true });
    });
  }

  function set(values) {
    list.replaceChildren();
    const all = [...values];
    while (all.length < Math.max(1, least)) all.push(undefined);
    for (const value of all) insert(list.children.length, false, value);
  }
  set(values);
  return { element, set, focus: (at = 0) => (list.children[at] ?? list.lastElementChild).content.input.focus(), rows };
}

// A text without line breaks that is seen whole.
function growing(value) {
  const input = make("textarea", { value: value ?? "", rows: 1, className: "one", lang: desk.deck?.language ?? "" });
  input.addEventListener("input", () => {
    if (input.value.includes("\n")) input.value = input.value.replace(/\s*\n\s*/g, " ");
    fit(input);
  });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.ctrlKey) event.preventDefault(); });
  requestAnimationFrame(() => fit(input));
  return input;
}

function lineInput(value, update) {
  const input = growing(value);
  input.addEventListener("input", update);
  return { nodes: [input], input, read: () => input.value };
}

function listEditor(part, value, report) {
  const editor = rowsEditor({
    values: listOf(value), row: lineInput, label: part.label, add: say("addRow"),
    change: (rows) => report({ [part.key]: rows.some((one) => one.trim()) ? rows.filter((one) => one.trim()) : "" }),
  });
  return { ...editor, set: (values) => { if (!same(written(editor), listOf(values[part.key]))) editor.set(listOf(values[part.key])); } };
}

const written = (editor) => editor.rows().map((one) => one.content.read()).filter((one) => one.trim());

// Fields with numbers are one list; without a gap, since a card counts on its neighbours.
function numberedEditor(part, values, report) {
  const from = (all) => part.keys.map((key) => plain(all[key])).filter((one) => one.trim());
  const editor = rowsEditor({
    values: from(values), row: lineInput, label: part.label, add: part.label, most: part.keys.length, least: 2,
    change(rows) {
      const texts = rows.filter((one) => one.trim());
      report(Object.fromEntries(part.keys.map((key, at) => [key, texts[at] ?? ""])));
    },
  });
  return { ...editor, set: (all) => { if (!same(written(editor), from(all))) editor.set(from(all)); }, focus: (key) => editor.focus(Math.max(0, part.keys.indexOf(key))) };
}

// --- options --------------------------------------------------------------------------------------

// The place of the option that an answer is: its text, its number or letter, or its key; as the
// program reads it. -1 for none.
function placeAmong(answer, texts, keys = []) {
  const given = answer.trim();
  const own = texts.findIndex((one) => one.trim() && one.trim() === given);
  if (own >= 0) return own;
  const sign = /^\(?(?:([A-Ja-j])|([1-9]|10))[.):]{0,2}$/.exec(given);
  const place = keys.includes(given) ? keys.indexOf(given) : sign ? (sign[1] ? "ABCDEFGHIJ".indexOf(sign[1].toUpperCase()) : Number(sign[2]) - 1) : -1;
  return place < texts.length && texts[place]?.trim() ? place : -1;
}

// The answers that are written: one, or in a list several, of which one text may name some.
function answersIn(part, value) {
  if (!part.several) return [plain(value)];
  return listOf(value).flatMap((one) => one.split(/\s*[,;&|]\s*/).every((each) => placeAmong(each, part.options, part.options) >= 0) ? one.split(/\s*[,;&|]\s*/) : [one]);
}

// Options in fields of their own, each with a review; the right one is marked, not typed again: the
// answer is the key of its field, so that it follows what is written there.
function choicesEditor(part, values, report) {
  const group = newId();
  const textsIn = (all) => part.options.map((key) => plain(all[key]));
  const rightIn = (answer, texts) => answersIn(part, answer).map((one) => placeAmong(one, texts, part.options)).filter((at) => at >= 0).sort();
  const rowsIn = (all) => {
    const texts = textsIn(all);
    const right = rightIn(all[part.key], texts);
    return part.options.map((_, at) => ({ text: texts[at], review: plain(all[part.reviews[at]]), right: right.includes(at) })).filter(hasText);
  };
  const editor = rowsEditor({
    values: rowsIn(values), label: part.label, add: part.label, most: part.options.length, least: Math.max(2, part.least),
    row: (value, update) => optionRow(group, typeof value === "string" ? { text: value } : value, update, part.reviews.length > 0, part.several),
    change(rows) {
      const before = rightIn(values[part.key], textsIn(values));
      const all = rows.filter(hasText);
      const right = all.flatMap((one, at) => one.right ? [at] : []);
      const keys = right.map((at) => part.options[at]);
      const texts = all.map((one) => one.text);
      const changes = {};
      part.options.forEach((key, at) => { changes[key] = texts[at] ?? ""; });
      part.reviews.forEach((key, at) => { if (key) changes[key] = all[at]?.review ?? ""; });
      // An answer that is still right stays as it was written; one that never was an option, too.
      if (right.length) changes[part.key] = same(rightIn(values[part.key], texts), right) ? values[part.key] : part.several ? keys : keys[0];
      else if (before.length) changes[part.key] = "";
      report(changes);
    },
  });
  editor.element.setAttribute("role", "group");
  return { ...editor, set: (all) => { values = all; if (!same(editor.rows().map((one) => one.content.read()).filter(hasText), rowsIn(all))) editor.set(rowsIn(all)); },
    focus: (key) => editor.focus(Math.max(0, part.options.indexOf(key), part.reviews.indexOf(key))) };
}

const hasText = (one) => Boolean(one.text.trim() || one.review.trim());

const whyOf = (radio) => `${say(radio.checked ? "whyRight" : "whyNot")} ${say("mayBeBlank")}`;

function optionRow(group, value, update, reviewed, several = false) {
  const radio = make("input", { type: several ? "checkbox" : "radio", name: group, checked: Boolean(value?.right) });
  const input = growing(value?.text);
  const review = make("textarea", { id: newId(), value: value?.review ?? "", rows: 1, className: "one", lang: desk.deck?.language ?? "" });
  const why = make("label", { htmlFor: review.id, className: "small quiet" }, whyOf(radio));
  const all = () => [...radio.closest("ol").querySelectorAll("li")];
  const mark = () => {
    for (const one of all()) one.content.state();
    update();
  };
  radio.addEventListener("change", mark);
  for (const one of [input, review]) one.addEventListener("input", update);
  review.addEventListener("input", () => fit(review));
  const line = make("span", { className: "option-text" }, input);
  return {
    nodes: [make("label", { className: "radio" }, radio), line, ...(reviewed ? [make("div", { className: "review" }, why, review)] : [])],
    input, read: () => ({ text: input.value, review: review.value, right: radio.checked }),
    name: (at, name) => { radio.ariaLabel = `${say("isRight")}: ${name}`; review.ariaLabel = null; },
    state() {
      radio.closest("li").classList.toggle("right", radio.checked);
      why.textContent = whyOf(radio);
    },
  };
}

// Options in one list field; the answer, which is another field, repeats the text of the right one.
function choiceListEditor(part, values, report) {
  const group = newId();
  const rowsIn = (all) => {
    const texts = listOf(all[part.list]);
    const right = placeAmong(plain(all[part.key]), texts);
    return texts.map((text, at) => ({ text, review: "", right: at === right }));
  };
  const editor = rowsEditor({
    values: rowsIn(values), label: part.label, add: say("addRow"), least: 2,
    row: (value, update) => optionRow(group, typeof value === "string" ? { text: value } : value, update, false),
    change(rows) {
      const all = rows.filter(hasText);
      const right = all.findIndex((one) => one.right);
      const texts = all.map((one) => one.text);
      const before = placeAmong(plain(values[part.key]), listOf(values[part.list]));
      const answer = right >= 0 ? placeAmong(plain(values[part.key]), texts) === right ? plain(values[part.key]) : texts[right] : before >= 0 ? "" : plain(values[part.key]);
      report({ [part.list]: texts.length ? texts : "", [part.key]: answer });
    },
  });
  return { ...editor, set: (all) => { values = all; if (!same(editor.rows().map((one) => one.content.read()).filter(hasText), rowsIn(all))) editor.set(rowsIn(all)); } };
}
