// What is open: the project, one of its decks, its notes, and one of them in the form.

const desk = { project: null, deck: null, types: new Map(), rows: [], at: new Map(), subdecks: [], state: -1, of: -1, edits: 0, undo: false, redo: false, media: null };
const ROW = { id: 0, title: 1, type: 2, subdeck: 3, path: 4, flags: 5 };
const last = () => stored.get("kartu:last") || {};

async function start() {
  const project = await ask("project");
  if (!project) return setTimeout(start, 3000);
  takeProject(project);
  desk.state = project.state ?? desk.state;
  listen();
  const wanted = new URLSearchParams(location.hash.slice(1));
  const id = wanted.get("deck") || project.first || last().deck;
  const deck = project.decks.find((one) => one.id === id) || project.decks[0];
  if (!deck) return displayStart();
  if (view === "start") showView("desk");
  await openDeck(deck.id, wanted.get("note") || last().notes?.[deck.id] || "");
  root.dataset.ready = "yes";
}

function takeProject(project) {
  Object.assign(desk, { project, counted: project.state });
  if (project.state >= desk.state) Object.assign(desk, { undo: project.undo, redo: project.redo }); // else an edit was later
  desk.deck = project.decks.find((one) => one.id === desk.deck?.id) ?? null;
  displayBar();
}

async function openDeck(id, note = "") {
  await leaveNote();
  const [types, notes] = await Promise.all([ask("types", { deck: id }), ask("notes", { deck: id })]);
  if (!types || !notes) return;
  Object.assign(desk, { deck: desk.project.decks.find((one) => one.id === id), of: -1, checked: false });
  faults = [];
  desk.types = new Map(types.map((one) => [one.id, one]));
  desk.media = null;
  vocabulary.clear();
  outside = new Set();
  search = { text: "", only: "" };
  $("search").value = "";
  takeNotes(notes);
  displayBar();
  askFaults();
  const [key] = stored.keys(`${draftKey("")}+`); // of a note that was never saved
  const draft = key && stored.get(key);
  if (draft && desk.types.has(draft.type)) return openNew(draft.type, { ...draft, fresh: key.slice(draftKey("").length) });
  const first = desk.at.has(note) ? note : desk.rows[0]?.[ROW.id];
  if (first) await openNote(first, { announced: false });
  else displayFirst();
}

function takeNotes({ number: state, subdecks, notes }) {
  if (state < desk.of) return; // an edit was later
  Object.assign(desk, { state: Math.max(state, desk.state), of: state, subdecks });
  takeRows(notes);
}

// How an edit changed the list; a list that is of another state is asked for again.
function takeChange(list) {
  if (!list || list.deck !== desk.deck.id) return;
  if (list.from !== desk.of) return void askNotes();
  Object.assign(desk, { of: list.state, subdecks: list.subdecks });
  if (!list.remove && !list.rows.length) return;
  const rows = [...desk.rows];
  rows.splice(list.at, list.remove, ...list.rows);
  takeRows(rows);
}

async function askNotes() {
  if (!desk.deck) return;
  const notes = await ask("notes", { deck: desk.deck.id });
  if (notes) takeNotes(notes);
}

function takeRows(rows) {
  desk.rows = rows;
  desk.at = new Map(rows.map((one, at) => [one[ROW.id], at]));
  arrangeList();
  displayBar();
}

const row = (id) => desk.rows[desk.at.get(id)];
const flagged = (one, flag) => one[ROW.flags].includes(flag);

async function openNote(id, { focus = "", announced = true, stay = false } = {}) {
  if (form?.id === id && !stay) return focus ? focusField(focus) : undefined;
  const wanted = (openNote.wanted = {});
  await leaveNote();
  const note = await ask("open", { deck: desk.deck.id, note: id });
  if (!note || openNote.wanted !== wanted) return;
  beginForm(note);
  selectRow(id);
  remember(id);
  if (announced) announceNote(id);
  if (focus) focusField(focus);
}

function remember(id) {
  const { notes = {} } = last();
  stored.set("kartu:last", { deck: desk.deck.id, notes: { ...notes, [desk.deck.id]: id } });
  history.replaceState(null, "", `#${new URLSearchParams({ deck: desk.deck.id, ...(id ? { note: id } : {}) })}`);
}

function announceNote(id) {
  const at = listed.indexOf(id);
  const one = row(id);
  if (one) announce(say("place", { what: titleIn(one), n: number(at + 1), of: number(listed.length) }));
}

// Takes what an edit did over: rows, what can be undone, and the note to show.
function takeEdited(edited, { show = true } = {}) {
  desk.edits += 1;
  Object.assign(desk, { undo: edited.undo, redo: edited.redo });
  desk.state = Math.max(desk.state, edited.state ?? 0);
  if (desk.project && edited.state > desk.counted) desk.project.checked = false; // until the check in the background is done
  takeChange(edited.list);
  displayBar();
  const { note } = edited;
  if (!note && edited.number && form?.id && desk.at.has(form.id)) lookAgain(form); // of several notes, or of none
  if (!note || !show) return;
  if (form?.id === note.id) mergeForm(note);
  else beginForm(note);
  selectRow(note.id);
  remember(note.id);
}

// Somebody else changed files, or another page did: what is typed here stays.
async function changedOutside() {
  if (!desk.deck) return view === "bring" ? undefined : start(); // what is brought goes on
  const project = await ask("project");
  if (!project) return;
  takeProject(project);
  if (!desk.deck) return start();
  const notes = await ask("notes", { deck: desk.deck.id });
  if (!notes) return;
  takeNotes(notes);
  if (!form) return desk.rows.length ? openNote(desk.rows[0][ROW.id]) : displayFirst();
  if (!form.id) return;
  if (!desk.at.has(form.id)) return form.leaving ? undefined : noteGone();
  await lookAgain(form);
}

// An answer that an edit has overtaken is asked for again.
async function lookAgain(own) {
  for (;;) {
    if (own.saving) await own.saving;
    const { edits } = desk;
    const note = await ask("open", { deck: own.deck, note: own.id });
    if (!note || form !== own) return;
    if (desk.edits === edits && !own.saving) return mergeForm(note);
  }
}

// The open note is no longer there: what is not saved of it stays in the history.
async function noteGone() {
  const { path } = form.note;
  const unread = ((await ask("check", { deck: desk.deck.id })) ?? []).some((one) => one.path === path && !one.note && one.severity === "error");
  for (const key of changedKeys(form)) await ask("keep", { deck: desk.deck.id, note: form.id, key, value: form.values[key] });
  stored.set(draftKey(form.id), null);
  form = null;
  if (unread) notice(say("noteUnread"), say("noteUnreadHelp"), "mind", button(say("check"), showCheck));
  else notice(say("noteGone"), say("noteGoneHelp"), "mind");
  const next = desk.rows[0]?.[ROW.id];
  if (next) await openNote(next);
  else displayFirst();
}

async function again(name) {
  $("notices").replaceChildren();
  await saveForm(form);
  const edited = await ask(name);
  if (!edited) return;
  if (edited.clashes?.length) return notice(say(`${name}Clash`), say("undoClashHelp"), "mind");
  if (correcting) correcting.stale = true; // what was taken is a proposal again
  const gone = form && form.id;
  takeEdited(edited);
  if (!edited.note && gone && !desk.at.has(gone)) {
    form = null;
    const next = desk.rows[0]?.[ROW.id];
    if (next) await openNote(next, { announced: false });
    else displayFirst();
  }
  if (!edited.list) await changedOutside(); // a whole deck came or went
  announce(say(name === "undo" ? "undone" : "redone"));
  if (view === "history") displayHistory();
  if (view === "settings") displaySettings();
  if (view === "corrections") displayCorrections();
}

// --- the bar --------------------------------------------------------------------------------------

function displayBar() {
  const name = desk.deck?.name ?? "";
  document.body.toggleAttribute("data-empty", !desk.deck);
  $("deck-name").textContent = name || "kartu";
  $("title").textContent = name;
  document.title = name ? `${name} · kartu` : "kartu";
  $("undo").ariaDisabled = String(!desk.undo);
  $("redo").ariaDisabled = String(!desk.redo);
  const faulty = desk.checked ? faults.filter((one) => one.severity === "error").length : desk.rows.filter((one) => flagged(one, "e")).length;
  for (const id of ["check-count", "check-count-narrow"]) {
    $(id).hidden = !faulty;
    $(id).textContent = number(faulty);
  }
  $("check").querySelector("svg")?.remove();
  if (!faulty && desk.checked && desk.project?.checked) $("check").prepend(icon("tick"));
  $("check").ariaLabel = faulty ? `${say("check")}: ${many("toFix", faulty)}` : say("check");
  const changes = desk.rows.filter((one) => /[nc]/.test(one[ROW.flags])).length;
  $("publish-count").textContent = changes ? ` · ${many("changes", changes)}` : "";
  displayCount();
  for (const id of ["new-note", "publish", "check"]) $(id).disabled = !desk.deck || (id !== "new-note" && !desk.rows.length);
  displaySaved();
}

function deckMenu() {
  const decks = (desk.project?.decks ?? []).map((one) => ({ text: one.name, checked: one.id === desk.deck?.id, act: () => switchDeck(one.id) }));
  menu($("deck"), [...decks, decks.length ? null : "", { text: say("newDeck"), drawing: "plus", act: newDeck }, { text: say("startPage"), drawing: "folder", act: displayStart }].filter((one) => one !== ""), say("decks"));
}

async function switchDeck(id) {
  showView("desk");
  await openDeck(id, last().notes?.[id]);
  announce(desk.deck.name);
}

function newDeck() {
  const name = make("input", { type: "text", required: true, maxLength: 100, id: "new-name" });
  const subject = make("input", { type: "text", maxLength: 100, id: "new-subject" });
  const language = languageChoice(desk.deck?.language ?? root.lang);
  const create = async () => {
    if (!name.value.trim()) return name.focus();
    const before = new Set(desk.project.decks.map((one) => one.id));
    const made = await ask("new_deck", { name: name.value.trim(), subject: subject.value.trim(), language: language.value });
    if (!made) return;
    desk.state = Math.max(desk.state, made.state);
    opened.close();
    const project = await ask("project");
    if (!project) return;
    takeProject(project);
    const deck = project.decks.find((one) => one.id === made.id) ?? project.decks.find((one) => !before.has(one.id));
    if (!deck) return;
    await switchDeck(deck.id);
    $("form").querySelector(".empty button")?.focus();
  };
  const opened = dialog(say("newDeck"), say("newDeckHelp"), [
    labelled(say("name"), "", name), labelled(say("subject"), say("subjectHelp"), subject), labelled(say("language"), say("languageHelp"), language),
  ], button(say("cancel"), () => opened.close()), button(say("makeDeck"), create, { kind: "main" }));
  name.focus();
  for (const one of [name, subject]) one.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); create(); } });
}
