// A brought file or a pasted list: what it would become, then its cards. Nothing is written before.

let brought = null; // {file, choices, look, into}

async function displayBring({ file = "", paste = false } = {}) {
  await saveForm(form);
  brought = { file, choices: {}, look: null, into: desk.deck && !desk.project.file ? desk.deck.id : "", language: desk.deck?.language ?? root.lang };
  showView("bring");
  takeDrops($("page"));
  if (paste) return drawPaste();
  await lookAtFile();
}

const nothingYet = () => make("p", { className: "small quiet" }, say("nothingWritten"));
const bringHead = (title, help) => make("div", {}, make("div", { className: "row back" }, button(say("goBack"), leavePage, { drawing: "undo" })), make("h1", { tabIndex: -1 }, title), make("p", { className: "big quiet" }, help), nothingYet());

function drawPaste() {
  const text = make("textarea", { rows: 10, className: "paste", spellcheck: false });
  const go = async () => {
    if (!text.value.trim()) return text.focus();
    $("notices").replaceChildren(); // the reason of the last refusal
    const held = await ask("bring_text", { text: text.value });
    if (!held) return;
    brought.file = held.file;
    await lookAtFile();
  };
  fillPage(make("div", {}, bringHead(say("start-paste"), say("pasteHelp")), labelled(say("pasteHere"), say("pasteHereHelp"), text),
    make("div", { className: "row after-field" }, button(say("seeTable"), go, { kind: "main", id: "see-table" }), button(say("start-file"), chooseIncoming, { drawing: "file" }))));
  text.focus();
}

// Asks what the file becomes with what a person says of it, and displays that.
async function lookAtFile(choices = {}, focus = "") {
  brought.choices = { ...brought.choices, ...choices };
  const into = brought.into ? { deck: brought.into } : { language: brought.language };
  const found = await ask("look", { file: brought.file, ...into, ...brought.choices });
  if (view !== "bring") return;
  if (!found) return brought.look || $("see-table") ? undefined : leaveRefused();
  brought.look = found;
  drawLook();
  (focus && $(focus) || $("page").querySelector("h1")).focus();
  announce(makesText(found));
}

// The reason of a refusal stays in sight on the view that follows.
function leaveRefused() {
  const reasons = [...$("notices").children];
  leavePage();
  $("notices").replaceChildren(...reasons);
}

function drawLook() {
  const { look } = brought;
  const parts = look.kind === "package" ? packageParts(look) : look.kind === "markdown" ? markdownParts(look) : tableParts(look);
  const isPackage = look.kind === "package";
  const count = look.notes;
  const asked = look.kind === "table" && look.heading === null;
  const go = button(isPackage ? many("importPackage", count) : many("makeCards", count), isPackage ? takePackage : takeCards, { kind: count && !asked ? "main" : "", id: "take", ariaDisabled: String(!count || asked) });
  fillPage(make("div", {}, bringHead(say(isPackage ? "bringPackage" : "bringList"), look.name), ...parts, isPackage ? packageTarget() : target(look)),
    make("footer", { className: "foot" }, make("p", {}, makesText(look)), go));
}

function makesText(look) {
  if (look.kind === "table" && look.heading === null) return say("sayHeading");
  if (!look.notes) return say("noCardsYet");
  return look.unfinished ? say("makesSome", { all: many("nCards", look.notes), whole: number(look.notes - look.unfinished), left: number(look.unfinished) }) : many("nCards", look.notes);
}

function packageParts({ decks, types, media, dropped }) {
  const rows = (all) => make("ul", { className: "counts" }, ...all.map((one) => make("li", {}, make("b", {}, one.name), " ", make("span", { className: "quiet" }, many("nCards", one.notes)))));
  return [make("section", { className: "sheet" }, make("h2", {}, many("nDecks", decks.length)), rows(decks)), make("section", { className: "sheet" }, make("h2", {}, say("kindsIn")), rows(types), make("p", { className: "quiet" }, many("nFiles", media))),
    dropped.length ? make("section", { className: "sheet" }, make("h2", {}, icon("warn"), say("notTaken")), make("ul", { className: "plan" }, ...dropped.map((one) => make("li", {}, one)))) : ""];
}

function markdownParts({ rows, types, note_type: type, notes, faults: found }) {
  const kind = choice(types.map((one) => [one.id, one.name]), type);
  kind.id = "look-type";
  kind.addEventListener("change", () => lookAtFile({ note_type: kind.value }, "look-type"));
  const table = make("table", {}, make("tbody", {}, ...rows.map((cells) => make("tr", {}, ...cells.map((cell, at) => make(at ? "td" : "th", at ? {} : { scope: "row" }, reading(cell)))))));
  return [make("section", { className: "sheet" }, make("h2", {}, many("nCards", notes)), labelled(say("whichType"), "", kind), make("div", { className: "wide", tabIndex: 0, role: "region", ariaLabel: say("cards") }, table), more(notes - rows.length)), faultList(found, 0)];
}

const more = (n) => n > 0 ? make("p", { className: "quiet small" }, many("moreRows", n)) : "";

// What is wrong, with its row; nothing of it stops the other rows.
function faultList(found, left) {
  if (!found.length) return "";
  const line = (one) => make("li", {}, one.row === null || one.row === undefined ? "" : make("b", {}, `${say("rowNumber", { n: number(one.row + 1) })}: `), sentence(one.message));
  return make("section", { className: "sheet stop", id: "look-faults" }, make("h2", {}, icon("warn"), say("lookFaults")), make("p", { className: "quiet" }, say("lookFaultsHelp")), make("ul", { className: "plan" }, ...found.map(line)), more(left));
}

// --- where the cards go ---------------------------------------------------------------------------

const languageChoice = (value) => choice([["id", "Bahasa Indonesia"], ["en", "English"], ...(["id", "en"].includes(value) ? [] : [[value, value]])], value);

function target(look) {
  const decks = desk.project.file ? [] : desk.project.decks.map((one) => [one.id, one.name]);
  const into = choice([...decks, ["", say("aNewDeck")]], brought.into);
  into.id = "look-into";
  into.addEventListener("change", () => { brought.into = into.value; lookAtFile({}, "look-into"); });
  const field = (key, input) => {
    input.value = brought[key] ?? "";
    input.addEventListener("input", () => { brought[key] = input.value; });
    return input;
  };
  const line = () => make("input", { type: "text", maxLength: 100, autocomplete: "off" });
  brought.name ??= look.deck_name;
  const language = languageChoice(brought.language);
  language.id = "look-language";
  language.addEventListener("change", () => { brought.language = language.value; lookAtFile({}, "look-language"); });
  const own = brought.into ? [labelled(say("intoSubdeck"), say("intoSubdeckHelp"), field("subdeck", line()))]
    : [labelled(say("name"), "", field("name", line())), labelled(say("subject"), say("subjectHelp"), field("subject", line())), labelled(say("language"), say("languageHelp"), language)];
  return make("section", { className: "sheet" }, make("h2", {}, say("whereTo")), decks.length ? labelled(say("intoDeck"), "", into) : "", ...own);
}

function packageTarget() {
  const language = languageChoice(brought.language);
  language.addEventListener("change", () => { brought.language = language.value; });
  return make("section", { className: "sheet" }, make("h2", {}, say("whereTo")), make("p", {}, say("packageTarget")), labelled(say("language"), say("languageHelp"), language));
}

async function takeCards() {
  const { into, name = "", subject = "", subdeck = "", language, choices, file, look } = brought;
  if (!into && !name.trim()) {
    notice(say("nameMissing"), "", "bad");
    return $("page").querySelector("input[type=text]").focus();
  }
  const own = look.kind === "table" ? { sheet: look.sheet, note_type: look.note_type, heading: look.heading, keys: look.keys } : choices;
  const goes = into ? { deck: into, subdeck: subdeck.trim() } : { name: name.trim(), subject: subject.trim(), language };
  const done = await ask("take", { file, ...own, ...goes });
  if (!done) return;
  desk.state = Math.max(desk.state, done.state);
  await showImported(done.deck);
  notice(many("taken", done.notes), say("canUndo"), "good", button(say("undo"), () => again("undo"), { drawing: "undo" }));
}

async function takePackage() {
  const { file, language, look } = brought;
  const begun = await ask("take_package", { file, language });
  if (!begun) return;
  const done = await runJob(begun.job, say("importing", { name: look.name }), say("importingHelp"), [["read", 0], ["import", 1]]);
  if (!done) return;
  if (view !== "bring") return done.result ? notice(many("taken", look.notes)) : undefined;
  if (!done.result) {
    drawLook();
    if (done.cancelled) return notice(say("stopped"), say("nothingWritten"), "mind");
    const why = callout("bad", say("notImported"), done.refusals.map((one) => sentence(one.message)).join(" "));
    $("page").firstElementChild.append(why);
    return why.scrollIntoView({ block: "nearest" });
  }
  const { decks, dropped } = done.result;
  await showImported(decks[0].id);
  notice(many("taken", decks.reduce((sum, one) => sum + one.notes, 0)), dropped.join(" "));
}

async function showImported(id) {
  brought = null;
  const project = await ask("project");
  if (!project) return;
  takeProject(project);
  await switchDeck(id);
}
