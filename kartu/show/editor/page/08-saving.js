// Saving by itself: a second after the last key, and on leaving a field. What is typed is kept in
// the browser at each input until the program has it, so that no crash takes it away.

const STILL = 1000; // milliseconds
const unsaved = new Set(); // forms that were left before they could be saved

const draftKey = (id) => `kartu:draft:${desk.deck.id}:${id}`;
const hasDraft = (id) => edits && form?.id !== id && localStorageHas(draftKey(id));

function localStorageHas(key) {
  try { return localStorage.getItem(key) !== null; } catch { return false; }
}

function changedKeys(own) {
  return Object.keys(own.values).filter((key) => !same(own.values[key], own.clean[key]));
}

// A person changed a value.
function changed(own, key, value) {
  if (same(own.values[key], value) && !own.restored.has(key)) return;
  own.values[key] = value;
  own.refused = "";
  own.touched = performance.now();
  if (own.restored.delete(key) || own.clashes.has(key)) displayStrips();
  own.elements.get(partOfForm(own, key)?.key)?.classList.remove("restored");
  if (own === form) {
    displayNeeds();
    const part = partOfForm(own, key);
    const away = own.elements.get(part?.key)?.querySelector(":scope > .away");
    if (away) away.hidden = part.keys.some((one) => !blank(own.values[one]));
  }
  writeDraft(own);
  preview(own);
  clearTimeout(own.timer);
  own.timer = setTimeout(() => saveForm(own), STILL);
  displaySaved();
}

const partOfForm = (own, key) => own.parts.find((part) => part.keys.includes(key));

function writeDraft(own) {
  const key = `kartu:draft:${own.deck}:${own.id || own.fresh}`;
  const keys = changedKeys(own);
  const pick = (values) => Object.fromEntries(keys.map((one) => [one, values[one] ?? ""]));
  const nothing = !keys.length || (!own.id && keys.every((one) => blank(own.values[one])));
  const kept = stored.set(key, nothing ? null : { type: own.type.id, values: pick(own.values), seen: pick(own.seen), time: Date.now(), after: own.behind?.id, subdeck: own.subdeck });
  if (!kept && !writeDraft.warned) {
    writeDraft.warned = true;
    notice(say("noStorage"), say("noStorageHelp"), "mind");
  }
}

// What was typed and not saved is in the fields again, and marked, until it is kept or taken back.
function restoreDraft(own) {
  const draft = stored.get(draftKey(own.id || own.fresh));
  if (!draft || draft.type !== own.type.id) return;
  for (const [key, value] of Object.entries(draft.values ?? {})) {
    if (same(value, own.values[key])) continue;
    own.restored.set(key, own.values[key] ?? "");
    own.seen[key] = draft.seen?.[key] ?? "";
    own.values[key] = value;
  }
  own.restoredAt = draft.time;
  if (!own.restored.size) stored.set(draftKey(own.id || own.fresh), null);
}

function displayStrips() {
  const box = $("form-strips");
  if (!box || !form) return;
  box.replaceChildren();
  if (form.restored.size) box.append(callout("good", say("restored"), say("restoredHelp", { time: clock(form.restoredAt) }),
    button(say("keepRestored"), keepRestored), form.id ? button(say("backToSaved"), dropRestored, { kind: "bare" }) : button(say("drop"), dropNew, { kind: "bare" })));
  for (const one of $("form").querySelectorAll("[data-clash]")) one.remove();
  for (const [key, { theirs }] of form.clashes) (form.elements.get(partOf(key)?.key)?.querySelector(".callout-here") ?? box).append(clashOf(key, theirs));
  for (const [key, before] of form.restored) {
    const element = form.elements.get(partOf(key)?.key);
    element?.classList.add("restored");
    const place = element?.querySelector(".callout-here");
    if (place && !blank(before) && !place.querySelector(".difference")) place.prepend(difference(compared(reading(before), reading(form.values[key]))));
  }
}

const clock = (time) => new Date(time).toLocaleTimeString(root.lang, { hour: "2-digit", minute: "2-digit" });

function keepRestored() {
  form.restored.clear();
  drawForm();
  saveForm(form);
  focusField("");
}

function dropRestored() {
  for (const [key] of form.restored) call("keep", { deck: form.deck, note: form.id, key, value: form.values[key] }).catch(() => {});
  for (const [key, before] of form.restored) {
    form.values[key] = clone(before);
    form.seen[key] = clone(before);
  }
  form.restored.clear();
  writeDraft(form);
  drawForm();
  displayCards(form.note);
  displaySaved();
  focusField("");
}

function dropNew() {
  stored.set(draftKey(form.fresh), null);
  unsaved.delete(form);
  form = null;
  const next = desk.rows[0]?.[ROW.id];
  if (next) openNote(next);
  else displayFirst();
}

// A text that was changed elsewhere too: both, and nothing is lost whichever is chosen.
function clashOf(key, theirs) {
  const part = partOf(key);
  const choose = (value) => {
    if (same(value, theirs)) keepMine(key);
    form.clashes.delete(key);
    form.values[key] = clone(value);
    if (same(value, theirs)) form.clean[key] = clone(theirs);
    else form.chosen.add(key);
    if (part) redrawPart(part);
    displayStrips();
    writeDraft(form);
    preview(form);
    saveForm(form);
    displaySaved();
    focusField(key);
  };
  const mine = form.values[key];
  const version = (title, text, other, value) => make("div", { className: "version" }, make("h4", {}, title),
    difference(compared(reading(other), reading(text)).filter(([kind]) => kind !== "gone")), button(say("useThis"), () => choose(value())));
  const name = form.type.fields.find((one) => one.key === key)?.name ?? part?.label ?? key;
  return make("section", { className: "callout mind clash", data: { clash: key } }, icon("clock"), make("div", {}, make("h3", {}, say("clash", { name })), make("p", {}, say("clashHelp")),
    make("div", { className: "two" }, version(say("mine"), mine, theirs, () => form.values[key]), version(say("theirs"), theirs, mine, () => theirs)),
    make("div", { className: "row" }, button(say("later"), () => later(key, theirs), { kind: "bare" }))));
}

// What was typed after the program had noticed the clash is in the history too.
function keepMine(key) {
  const value = form.values[key];
  if (!same(value, form.clashes.get(key).mine)) call("keep", { deck: form.deck, note: form.id, key, value: value ?? "" }).catch(() => {});
}

// Theirs is used for now; mine is in the history.
function later(key, theirs) {
  keepMine(key);
  form.clashes.delete(key);
  form.values[key] = clone(theirs);
  form.clean[key] = clone(theirs);
  writeDraft(form);
  const part = partOf(key);
  if (part) redrawPart(part);
  displayStrips();
  preview(form);
  displaySaved();
  announce(say("laterDone"));
}

// --- sending --------------------------------------------------------------------------------------

async function saveForm(own) {
  if (!own || !edits) return;
  clearTimeout(own.timer);
  while (own.saving) await own.saving;
  const keys = changedKeys(own).filter((key) => !own.clashes.has(key) && !own.restored.has(key));
  if (!keys.length) return writeDraft(own);
  if (!own.id && keys.every((key) => blank(own.values[key]))) return;
  const sent = Object.fromEntries(keys.map((key) => [key, clone(own.values[key])]));
  if (own.refused === JSON.stringify(sent)) return;
  own.saving = send(own, sent);
  displaySaved();
  try {
    await own.saving;
  } finally {
    own.saving = null;
    displaySaved();
  }
}

async function send(own, sent) {
  const { deck, id: note, behind } = own;
  try {
    if (behind?.saving) await behind.saving; // only then it has an id
    const edited = note
      ? await call("write", { deck, note, values: tidied(sent), seen: Object.fromEntries(Object.keys(sent).map((key) => [key, own.seen[key] ?? ""])), chosen: Object.keys(sent).filter((key) => own.chosen.has(key)) })
      : await call("add", { deck, type: own.type.id, values: tidied(filled({ ...own.values, ...sent })), ...(behind?.id ? { after: behind.id } : {}), ...(own.subdeck !== undefined ? { subdeck: own.subdeck } : {}) });
    unsaved.delete(own);
    if (!own.refused) $("notices").querySelector("[data-about=saving]")?.remove();
    takeSaved(own, sent, edited);
  } catch (error) {
    unsaved.add(own);
    if (error instanceof OfflineError) return;
    if (!(error instanceof RefusedError)) throw error;
    own.refused = JSON.stringify(sent);
    notice(`${say("notSaved")} ${error.message}`, error.help, "bad").dataset.about = "saving";
  }
}

// A space that was typed last is not part of a text.
const tidied = (values) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, readableBy(typeof value === "string" ? value.replace(/[ \t]+$/, "") : value)]));
const readableBy = (value) => REFUSED.test(plain(value)) ? withoutHidden(value) : value;
const filled = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => !blank(value)));

function takeSaved(own, sent, edited) {
  for (const { key, theirs } of edited.clashes ?? []) {
    own.clashes.set(key, { theirs, mine: sent[key] });
    own.seen[key] = clone(theirs);
  }
  for (const [key, value] of Object.entries(sent)) {
    own.chosen.delete(key);
    if (own.clashes.has(key)) continue;
    own.clean[key] = value;
    own.seen[key] = clone(edited.note?.values[key] ?? value);
  }
  const isNew = !own.id;
  if (isNew && edited.note) {
    stored.set(`kartu:draft:${own.deck}:${own.fresh}`, null);
    own.id = edited.note.id;
  }
  writeDraft(own);
  const shown = form === own && desk.deck.id === own.deck;
  if (desk.deck.id === own.deck) takeEdited(edited, { show: shown });
  if (shown && own.clashes.size) {
    displayStrips();
    announce(say("clashAnnounced"));
  }
}

// Saves the open note and goes away from it.
async function leaveNote() {
  if (!form) return;
  const own = form;
  const saving = saveForm(own);
  await Promise.race([saving, new Promise((resolve) => setTimeout(resolve, 1500))]);
}

async function saveAll() {
  for (const own of new Set([...unsaved, ...(form ? [form] : [])])) await saveForm(own);
}

function displaySaved() {
  const open = form ? changedKeys(form) : [];
  const others = desk.deck ? stored.keys(`kartu:draft:${desk.deck.id}:`).filter((key) => key !== `kartu:draft:${desk.deck.id}:${form ? form.id || form.fresh : "-"}`).length : 0;
  const stuck = open.filter((key) => offline || form.refused || form.restored.has(key) || form.clashes.has(key)).length + others;
  const state = form?.clashes.size ? "waiting" : stuck ? "unsaved" : open.length || form?.saving ? "saving" : "saved";
  const text = { waiting: say("stateWaiting"), unsaved: many("stateUnsaved", stuck), saving: say("stateSaving"), saved: say("stateSaved") }[state];
  if ($("saved").dataset.state === state && $("saved-text").textContent === text) return;
  $("saved").dataset.state = state;
  $("saved").querySelector("svg").replaceWith(icon(state === "saved" ? "tick" : "clock"));
  $("saved-text").textContent = text;
}

addEventListener("pagehide", () => { if (form) saveForm(form); });
document.addEventListener("visibilitychange", () => { if (document.hidden && form) saveForm(form); });
