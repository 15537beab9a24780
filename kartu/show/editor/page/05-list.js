// The list of notes. Only the rows in sight are in the page, so that any number is usable; for the
// keyboard it is one stop, within which arrows go, and typing jumps.

const HEIGHTS = { head: 38, note: 66, long: 88 };
const TYPED = 800; // milliseconds within which letters belong together
let search = { text: "", only: "" };
let outside = new Set(); // ids of notes that no edition has, as the last plan found
let items = []; // heads and notes in their order, with the place of each
let total = 0; // height of all
let listed = []; // ids of the notes that are in the list
let selected = "";
let typed = { text: "", at: 0 };
let opening = 0; // timer

const ONLY = { new: "n", changed: "c", faulty: "e", warned: "w", unfinished: "u", retired: "r" };

function arrangeList() {
  const wanted = folded(search.text.trim());
  const flag = ONLY[search.only];
  const passes = (one) => search.only === "outside" ? outside.has(one[ROW.id]) : !flag || flagged(one, flag);
  const found = desk.rows.filter((one) => passes(one) && (!wanted || sought(one).includes(wanted)));
  const counts = new Map(desk.subdecks.map((one) => [one, 0]));
  for (const one of found) counts.set(one[ROW.subdeck], (counts.get(one[ROW.subdeck]) ?? 0) + 1);
  const order = new Map([...counts.keys()].map((one, at) => [one, at])); // a chapter can be in several files
  found.sort((one, other) => order.get(one[ROW.subdeck]) - order.get(other[ROW.subdeck]));
  measureRows();
  items = [];
  listed = [];
  total = 0;
  let subdeck = null;
  for (const one of found) {
    if (one[ROW.subdeck] !== subdeck) {
      subdeck = one[ROW.subdeck];
      if (subdeck || counts.size > 1) addItem("head", { text: subdeck || say("noSubdeck"), count: counts.get(subdeck) });
    }
    addItem(isLong(titleIn(one)) ? "long" : "note", { id: one[ROW.id], at: listed.length });
    listed.push(one[ROW.id]);
  }
  $("rows").style.height = `${total}px`;
  $("notes").hidden = !found.length;
  $("no-notes").hidden = Boolean(found.length);
  const what = [search.text.trim(), search.only ? say(`only-${search.only}`) : ""].filter(Boolean).join(" · ");
  $("no-notes").replaceChildren(...(desk.rows.length ? [make("p", {}, say("nothingFound", { what })), button(say("showAll"), showAllNotes, { drawing: "cross" })] : [say("noCards")]));
  displayCount();
  drawRows();
}

function displayCount() {
  const all = desk.rows.length;
  $("count").textContent = listed.length < all ? say("foundOf", { n: number(listed.length), of: number(all) }) : many("cardCount", all);
  const { cards } = desk.deck ?? {};
  $("in-anki").textContent = cards && listed.length === all ? say("inAnki", { n: number(cards) }) : "";
  $("in-anki").classList.toggle("renewed", desk.counted !== desk.state); // its place stays meanwhile
}

// Whether a title needs two lines, by the width that a line of a row has. A letter is measured once.
const pen = make("canvas").getContext("2d");
const letters = new Map(); // -> pixels
let line = 0; // pixels
function isLong(title) {
  if (title.length > 60) return true;
  let left = line;
  for (const letter of title) {
    if (!letters.has(letter)) letters.set(letter, pen.measureText(letter).width);
    left -= letters.get(letter);
  }
  return left < 0;
}

function measureRows() {
  const { font, fontFamily } = getComputedStyle($("notes"));
  const own = `650 ${font.match(/[\d.]+px/)?.[0] ?? "16px"} ${fontFamily}`;
  if (measureRows.font !== own) {
    pen.font = measureRows.font = own;
    letters.clear();
  }
  line = ($("notes").clientWidth || Math.min(innerWidth, 296)) - 53; // what is left and right of it
}

function showAllNotes() {
  search = { text: "", only: "" };
  $("search").value = "";
  $("filter").classList.remove("pressed");
  arrangeList();
  $("search").focus();
}

// The cards that no edition has, in the list.
function showOutside() {
  search = { text: "", only: "outside" };
  $("search").value = "";
  $("filter").classList.add("pressed");
  showView("desk");
  showPane("list");
  if ($("notes-side").hidden) leaveCheck();
  arrangeList();
  if (listed.length) openNote(listed[0]);
  $("notes").focus();
}

function addItem(kind, content) {
  items.push({ kind, top: total, ...content });
  total += HEIGHTS[kind];
}

// A title without the signs of its gaps and of Markdown.
const titleIn = (one) => one[ROW.title] === one[ROW.id] ? "" : titleText(one[ROW.title]); // without a text it has its id
const titleText = (text) => text.replace(/\{\{c\d+::(?:image-occlusion:[^}]*)?|(?:::[^{}]*)?\}\}/g, "").replace(/\*\*?(?=\S)|(?<=\S)\*\*?/g, "").trim();

const texts = new WeakMap(); // row -> what a search looks at
function sought(one) {
  if (!texts.has(one)) texts.set(one, folded(`${one[ROW.title]} ${desk.types.get(one[ROW.type])?.name ?? ""}`));
  return texts.get(one);
}

// The first item that is at a height or below.
function itemAt(height) {
  let low = 0, high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].top + HEIGHTS[items[middle].kind] <= height) low = middle + 1;
    else high = middle;
  }
  return low;
}

function drawRows() {
  const box = $("notes");
  const from = box.scrollTop - 200, to = box.scrollTop + (box.clientHeight || 800) + 200;
  const shown = [];
  for (let at = itemAt(Math.max(0, from)); at < items.length && items[at].top < to; at += 1) shown.push(drawItem(items[at]));
  $("rows").replaceChildren(...shown);
  if (shown.some((one) => one.id === `note-${selected}`)) box.setAttribute("aria-activedescendant", `note-${selected}`);
  else box.removeAttribute("aria-activedescendant");
}

function drawItem(item) {
  let element;
  if (item.kind === "head") {
    element = make("div", { className: "group", ariaHidden: "true" }, make("span", {}, item.text), make("span", {}, number(item.count)));
  } else {
    const one = row(item.id);
    const type = desk.types.get(one[ROW.type]);
    element = make("div", { className: `note ${item.kind}`, id: `note-${item.id}`, data: { id: item.id, kind: one[ROW.type] },
      attributes: { role: "option", "aria-selected": String(item.id === selected), "aria-posinset": item.at + 1, "aria-setsize": listed.length } },
      make("b", {}, titleIn(one) || say("untitled")), make("span", { className: "line" }, make("span", { className: "kind" }, type?.name ?? ""), ...marksOf(one)));
  }
  element.style.top = `${item.top}px`;
  return element;
}

function marksOf(one) {
  const marks = [];
  const add = (key, kind = "", drawing = "") => marks.push(make("span", { className: `mark ${kind}` }, drawing ? icon(drawing) : "", say(key)));
  if (hasDraft(one[ROW.id])) add("markDraft", "mind");
  if (flagged(one, "e")) add("markFaulty", "bad", "warn");
  else if (flagged(one, "u")) add("markUnfinished", "mind");
  else if (flagged(one, "w")) add("markWarned", "mind");
  if (flagged(one, "r")) add("markRetired");
  else if (flagged(one, "n")) add("markNew");
  else if (flagged(one, "c")) add("markChanged");
  return marks.slice(0, 2);
}

function selectRow(id) {
  selected = id;
  showRow(id);
  drawRows();
}

function showRow(id) {
  const item = items.find((one) => one.id === id);
  const box = $("notes");
  if (item && box.clientHeight) {
    const above = item.at === 0 ? 0 : item.top - HEIGHTS.head;
    if (above < box.scrollTop) box.scrollTop = above;
    else if (item.top + HEIGHTS[item.kind] > box.scrollTop + box.clientHeight) box.scrollTop = item.top + HEIGHTS[item.kind] - box.clientHeight + 8;
  }
}

// To the note that is `by` places on in the list; at once, or when the keys are still.
function step(by, { later = false } = {}) {
  const at = listed.indexOf(selected || form?.behind?.id); // a new note is behind another one
  const to = Math.min(listed.length - 1, Math.max(0, at < 0 ? 0 : at + by + (!selected && by < 0 ? 1 : 0)));
  const id = listed[to];
  if (id === undefined || id === selected) return;
  selectRow(id);
  clearTimeout(opening);
  opening = setTimeout(() => openNote(id), later ? 120 : 0);
}

function jump(letter) {
  const now = performance.now();
  typed = { text: now - typed.at < TYPED ? typed.text + letter : letter, at: now };
  const wanted = folded(typed.text);
  const from = Math.max(0, listed.indexOf(selected)) + (typed.text.length === 1 ? 1 : 0);
  const order = [...listed.slice(from), ...listed.slice(0, from)];
  const found = order.find((id) => folded(titleIn(row(id))).startsWith(wanted));
  if (found) step(listed.indexOf(found) - listed.indexOf(selected), { later: true });
}

// Into the form of the selected note, which need not be open yet.
async function enter() {
  clearTimeout(opening);
  showPane("write");
  if (selected) await openNote(selected);
  focusField("");
}

$("notes").addEventListener("scroll", () => requestAnimationFrame(drawRows), { passive: true });
new ResizeObserver(() => { if (listed.length) arrangeList(); }).observe($("notes"));
$("notes").addEventListener("click", (event) => {
  const id = event.target.closest(".note")?.dataset.id;
  if (!id) return;
  showPane("write");
  openNote(id);
});
$("notes").addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const page = Math.max(1, Math.floor($("notes").clientHeight / HEIGHTS.note) - 1);
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -listed.length, End: listed.length }[event.key];
  if (by !== undefined) step(by, { later: true });
  else if (event.key === "Enter") enter();
  else if (event.key.length === 1 && event.key !== "?" && (event.key !== " " || typed.text)) jump(event.key);
  else return;
  event.preventDefault();
});
$("search").addEventListener("input", () => {
  search.text = $("search").value;
  $("notes").scrollTop = 0;
  arrangeList();
  announce(many("cardCount", listed.length));
});
$("search").addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "Enter") { event.preventDefault(); $("notes").focus(); if (!listed.includes(selected)) step(1); }
});
$("filter").addEventListener("click", () => {
  const to = (only) => () => {
    search.only = only;
    $("filter").classList.toggle("pressed", Boolean(only));
    arrangeList();
    announce(many("cardCount", listed.length));
  };
  menu($("filter"), ["", ...Object.keys(ONLY), ...(outside.size ? ["outside"] : [])].map((only) => ({ text: say(`only-${only || "all"}`), checked: search.only === only, act: to(only) })), say("filter"));
});
