// Notes as a whole: new, the next one, a copy, moved, deleted, no longer used.

// The kinds of cards that a teacher needs first come first, so that each keeps its digit.
const FIRST = ["istilah", "isian", "tanya", "pilihan-ganda", "daftar", "ketik", "perbandingan", "kronologi", "gambar"];
const rank = ({ id }) => FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length;
const creatable = () => [...desk.types.values()].filter((one) => one.kind !== "image-occlusion" || one.covers).sort((one, other) => rank(one) - rank(other));

function newNote() {
  if (!desk.deck) return;
  const types = creatable();
  const subdeck = form?.note?.subdeck ?? form?.subdeck ?? desk.subdecks[0] ?? "";
  const list = make("div", { className: "types", attributes: { role: "group", "aria-label": say("whichType") } });
  types.forEach((type, at) => {
    const one = button("", () => pick(type), { className: "type", data: { kind: type.id, type: type.id } });
    one.append(pictureOf(type), make("b", {}, at < 9 ? `${at + 1}\u00a0${type.name}` : type.name), make("span", {}, type.help || ""));
    list.append(one);
  });
  list.addEventListener("keydown", (event) => {
    const all = [...list.children];
    const columns = Math.max(1, all.findIndex((one) => one.offsetTop > all[0].offsetTop));
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (by) {
      event.preventDefault();
      all[Math.min(all.length - 1, Math.max(0, all.indexOf(document.activeElement) + by))].focus();
    } else if (/^[1-9]$/.test(event.key) && types[event.key - 1] && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      pick(types[event.key - 1]);
    }
  });
  const place = subdeckInput(subdeck);
  const pick = (type) => {
    const chosen = place.value;
    opened.close();
    openNew(type.id, { subdeck: chosen, behind: form?.note.subdeck === chosen ? form : undefined });
  };
  const opened = dialog(say("newNote"), say("whichTypeHelp"), [list, place.element]);
  (list.querySelector(`[data-type="${form?.type.id}"]`) ?? list.firstElementChild)?.focus();
}

// The picture of a note type takes its colour, by day and night; nothing in it can run.
function pictureOf(type) {
  const picture = make("i", { className: "picture", ariaHidden: "true" });
  const image = type.picture ? `url("data:image/svg+xml,${encodeURIComponent(type.picture)}")` : "none";
  if (type.picture) Object.assign(picture.style, { maskImage: image, webkitMaskImage: image });
  else picture.classList.add("none");
  return make("span", { className: "picture-place" }, picture);
}

// A subdeck: one of the deck's, or a new one.
function subdeckInput(selected_) {
  const NEW = "\0";
  const options = [...new Set([...desk.subdecks, ...(desk.subdecks.length ? [] : [""])])];
  const select = choice([...options.map((one) => [one, one || say("noSubdeck")]), [NEW, say("newSubdeck")]], selected_);
  const name = make("input", { type: "text", autocomplete: "off", maxLength: 100 });
  const more = labelled(say("subdeckName"), say("subdeckHelp"), name);
  more.hidden = true;
  select.addEventListener("change", () => {
    more.hidden = select.value !== NEW;
    if (!more.hidden) name.focus();
  });
  return { element: make("div", {}, labelled(say("intoSubdeck"), "", select), more), get value() { return select.value === NEW ? name.value.trim() : select.value; } };
}

// A form for a new note, at once: what was written before is saved meanwhile. It comes behind the
// note of another form, which may have no id yet.
function openNew(type, { subdeck, behind, after, fresh = `+${Date.now().toString(36)}` } = {}) {
  openNote.wanted = null;
  saveForm(form);
  showView("desk");
  selected = "";
  showRow(behind?.id ?? after);
  drawRows();
  const place = subdeck ?? desk.subdecks.at(-1) ?? "";
  beginForm({ id: "", type, subdeck: place, values: {}, faults: [], cards: [], css: "", retired: "", published: false, editable: true, path: "", tags_of_set: [] },
    { subdeck: place, fresh, behind: behind ?? (after ? { id: after } : undefined) });
  showPane("write");
  focusField("");
  announce(say("newOf", { type: form.type.name }));
  preview(form);
}

// Another one of the same kind, behind this one.
function nextNote() {
  if (!form) return newNote();
  openNew(form.type.id, { subdeck: form.note.subdeck, behind: form });
}

// --- the menu of a note ---------------------------------------------------------------------------

function noteMenu(opener) {
  const own = form;
  if (!own?.id) return menu(opener, [{ text: say("dropNew"), drawing: "cross", act: dropNew }], say("noteMenu"));
  const { published, retired, editable } = own.note;
  const entries = editable === false ? [] : [
    { text: say("duplicate"), keys: "Ctrl+D", act: () => act("duplicate") },
    { text: say("moveUp"), drawing: "up", keys: "Alt+Shift+↑", act: () => act("move", { by: -1 }) },
    { text: say("moveDown"), drawing: "down", keys: "Alt+Shift+↓", act: () => act("move", { by: 1 }) },
    ...(published ? [] : [{ text: say("moveTo"), act: moveTo }]), null,
    ...(retired ? [{ text: say("useAgain"), act: () => act("unretire") }] : published ? [{ text: say("retire"), act: retire }, say("whyNoDelete")] : [{ text: say("delete"), act: deleteNote }]),
  ];
  menu(opener, entries.length ? entries : [say("notHere")], say("noteMenu"));
}

async function act(name, more = {}) {
  const own = form;
  if (!own?.id || own.note.editable === false) return;
  await saveForm(own);
  const edited = await ask(name, { deck: own.deck, note: own.id, ...more });
  if (!edited) return null;
  takeEdited(edited);
  if (name === "move") announceNote(edited.note?.id ?? own.id);
  else announce(say(`done-${name}`));
  if (name === "duplicate") focusField("");
  return edited;
}

function moveTo() {
  const place = subdeckInput(form.note.subdeck);
  const run = async () => {
    opened.close();
    await act("move_to", { subdeck: place.value });
  };
  const opened = dialog(say("moveTo"), "", [place.element], button(say("cancel"), () => opened.close()), button(say("move"), run, { kind: "main" }));
  place.element.querySelector("select").focus();
}

async function deleteNote() {
  const own = form;
  const at = listed.indexOf(own.id);
  own.leaving = true; // the event of the changed files can come before the answer
  const edited = await act("delete");
  own.leaving = false;
  if (!edited) return;
  stored.set(draftKey(own.id), null);
  if (form !== own) return;
  form = null;
  const next = listed[Math.min(at, listed.length - 1)];
  if (next) await openNote(next, { announced: false });
  else displayFirst();
  notice(say("done-delete"), "", "good", button(say("undo"), () => again("undo"), { kind: "bare", drawing: "undo" }));
}

function retire() {
  const own = form;
  const title = row(own.id) ? titleIn(row(own.id)) : "";
  const reason = make("textarea", { rows: 2, lang: desk.deck.language });
  const run = async () => {
    if (!reason.value.trim()) return reason.focus();
    opened.close();
    await act("retire", { reason: reason.value.trim() });
  };
  const opened = dialog(say("retireTitle", { title }), say("retireHelp"), [labelled(say("reason"), say("reasonHelp"), reason)],
    button(say("cancel"), () => opened.close()), button(say("retireNow"), run, { kind: "main" }));
  reason.focus();
}

$("new-note").addEventListener("click", newNote);
