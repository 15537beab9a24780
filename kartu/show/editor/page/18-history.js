// The history of all edits, with what was not used and what was typed and never saved.

let view = "desk"; // or "start", "bring", "history", "publish", "share", "settings", "corrections"

async function displayHistory() {
  showView("history");
  const entries = await ask("history");
  if (!entries || view !== "history") return;
  const focused = document.activeElement;
  const days = new Map();
  for (const one of entries) {
    const day = dayOf(one.time);
    days.set(day, [...(days.get(day) ?? []), one]);
  }
  fillPage(make("div", { className: "narrow" }, backButton(),
    make("h1", {}, say("history")), callout("good", say("allSaved"), say("allSavedHelp")),
    make("div", { className: "row" },
      button(say("undo"), () => again("undo"), { drawing: "undo", keys: "Ctrl+Z", id: "history-undo", ariaDisabled: String(!desk.undo) }),
      button(say("redo"), () => again("redo"), { drawing: "redo", keys: "Ctrl+Y", id: "history-redo", ariaDisabled: String(!desk.redo) })),
    ...[...days].flatMap(([day, all]) => [make("h2", { className: "group" }, day), make("ul", { className: "history" }, ...all.map(historyEntry))]),
    entries.length ? "" : make("p", { className: "quiet" }, say("noHistory"))));
  if (focused?.id && $(focused.id) && !focused.isConnected) $(focused.id).focus();
}

// The way out of a page that is no desk.
const backButton = () => make("div", { className: "row back" }, button(say("backToWriting"), leavePage, { drawing: "back" }));
const leavePage = () => desk.deck ? showView("desk") : displayStart();

const timeOf = (time) => new Date(typeof time === "number" ? time * 1000 : time);

function dayOf(time) {
  const day = timeOf(time);
  return day.toDateString() === new Date().toDateString() ? say("today") : day.toLocaleDateString(root.lang, { weekday: "long", day: "numeric", month: "long" });
}

function historyEntry(one) {
  const release = one.do.startsWith("publish");
  const kept = one.kind === "kept" && !release;
  const own = `history-${one.do}`;
  const key = kept ? "history-kept" : one.kind === "stuck" ? "history-stuck" : own in words ? own : "history-way";
  const texts_ = [];
  const values = release ? {} : kept ? { [one.key]: one.value } : one.value && typeof one.value === "object" && !Array.isArray(one.value) ? one.value : {};
  for (const name of Object.keys(values)) {
    const [before, after] = [one.before, values].map((all) => reading(optionsIn(one, name, all)));
    texts_.push(kept ? make("p", { className: "difference" }, `“${after}”`) : difference(compared(before, after)));
  }
  const here = one.deck === desk.deck?.id && one.note && desk.at.has(one.note);
  const back = kept ? values : one.before ?? {};
  const title = titleText(one.title || "") || (here ? titleIn(row(one.note)) : (one.note || "").replaceAll("-", " ")) || say("untitled");
  const usable = here && (kept || one.do === "write") && Object.keys(back).length > 0;
  const deed = usable ? [kept ? "useAfterAll" : "putBack", () => putBack(one.note, back)] : deedOf(one, here);
  return make("li", { className: one.undone ? "undone" : "" }, make("div", {},
    make("p", {}, make("b", {}, say(key, { title })), " ", make("span", { className: "quiet" }, clock(timeOf(one.time))), one.undone ? make("span", { className: "mark" }, say("wasUndone")) : ""),
    ...texts_.slice(0, 4)),
    deed ? button(say(deed[0]), deed[1], { ariaLabel: `${say(deed[0])}: ${title}` }) : "");
}

// A value; of an answer that names options by their keys, the texts of these.
function optionsIn({ note }, name, values) {
  const fields = desk.types.get(row(note ?? "")?.[ROW.type])?.fields ?? [];
  const options = fields.find((field) => field.key === name)?.one_of ?? [];
  const inWords = (value) => options.includes(value) ? values[value] || fields.find((field) => field.key === value)?.name || "" : value;
  const value = values?.[name];
  return typeof value === "string" ? inWords(value) : Array.isArray(value) ? value.map((one) => typeof one === "string" ? inWords(one) : one) : value;
}

// What takes an older edit of a whole note back, whatever came later; null for nothing.
function deedOf(one, here) {
  if (!["edit", "added"].includes(one.kind) || one.undone) return null;
  if (["new_deck", "source", "media"].includes(one.do)) return ["undo", () => takeBack(one.number)];
  if (one.deck !== desk.deck?.id) return null;
  const renew = (name, request) => async () => {
    const edited = await ask(name, request);
    if (!edited) return;
    showView("desk");
    takeEdited(edited);
    showPane("write");
    focusField("");
    announce(say("putBackDone"));
  };
  if (one.do === "delete" && one.note && !desk.at.has(one.note)) return ["putBack", renew("put_back", { number: one.number })];
  if (one.do === "retire" && here && flagged(row(one.note), "r")) return ["useAgain", renew("unretire", { deck: one.deck, note: one.note })];
  return null;
}

// Takes away what was added beside cards, unless something uses it: then the program says what.
async function takeBack(number) {
  const edited = await ask("take_back", { number });
  if (!edited) return;
  if (edited.clashes?.length) return notice(say("undoClash"), say("undoClashHelp"), "mind");
  takeEdited(edited);
  vocabulary.clear();
  desk.media = null;
  await changedOutside();
  if (!desk.deck) return showView("desk");
  await displayHistory();
  announce(say("undone"));
}

// Puts texts of the history into the form again, as an edit like any other.
async function putBack(note, values) {
  showView("desk");
  await openNote(note, { announced: false });
  if (form?.id !== note) return;
  for (const [key, value] of Object.entries(values)) {
    form.values[key] = clone(value);
    const part = partOf(key);
    if (part) redrawPart(part);
  }
  preview(form);
  await saveForm(form);
  focusField(Object.keys(values)[0]);
  announce(say("putBackDone"));
}
