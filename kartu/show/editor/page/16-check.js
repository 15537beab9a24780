// What is wrong: at its field, and all of it in a list. "Fix" displays first what would change.

const UNTIL_LEFT = new Set(["missing-field", "no-card"]); // are not shown while a new note is begun
const HIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u2028\u2029\u2060\ufeff\ufffe\uffff]/g;
const REFUSED = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]/; // by the program, in any text
const SEVERITIES = ["error", "warning", "info"];
let faults = []; // of the deck, once they are asked for
let fault = -1; // the one that F8 was at

function isReported(one) {
  if (one.severity === "info" || (one.code === "missing-field" && form.note.unfinished)) return false;
  return !(UNTIL_LEFT.has(one.code) && form.fresh && !form.left.has(partOfFault(one)?.key));
}

// A cloze without a gap is reported at the text that should have one.
const partOfFault = (one) => partOf(one.key) ?? (one.code === "no-card" ? form.parts.find((part) => ["gaps", "masked"].includes(part.kind)) : undefined);

// Text that the program would refuse is reported by the page; it is saved without these characters.
function hiddenIn(own) {
  return Object.keys(own.values).filter((key) => REFUSED.test(plain(own.values[key]))).filter((key) => !own.faults.some((one) => one.code === "control-character" && one.key === key))
    .map((key) => ({ key, severity: "error", code: "control-character", message: "", help: "" }));
}

const withoutHidden = (value) => typeof value === "string" ? value.replace(HIDDEN, "").replace(/[\xa0\u202f]/g, " ")
  : Array.isArray(value) ? value.map(withoutHidden) : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutHidden(one)])) : value;

function displayFaults() {
  if (!form || !$("form-faults")) return;
  for (const element of form.elements.values()) {
    element.classList.remove("bad", "mind");
    for (const one of element.querySelectorAll(".callout-here > .callout:not(.clash)")) one.remove();
  }
  const general = [];
  for (const one of [...form.faults, ...(edits ? hiddenIn(form) : [])].filter(isReported)) {
    const part = partOfFault(one);
    if (!part || !(form.elements.has(part.key) || $("fields"))) { general.push(faultOf(one)); continue; }
    showPart(part);
    const element = form.elements.get(part.key);
    element.classList.add(one.severity === "error" ? "bad" : "mind");
    element.querySelector(".callout-here").append(faultOf(one));
  }
  $("form-faults").replaceChildren(...general);
}

// The program's advice is for files: for those who look at what they write in another program. In
// the editor, a teacher gets the page's own for what is frequent, and none that speaks of lines and keys.
const OF_FILES = /\.ya?ml|kartu \w|--\w|`|: ?\.\.\.|: ?\[|\w+: "/;
function advice({ code, help }) {
  if (!edits) return sentence(help);
  if (code === "no-card" && form?.type.kind === "image-occlusion") return say("help-no-cover");
  return words[`help-${code}`] ?? (OF_FILES.test(help) ? "" : sentence(help));
}
const HIDING = ["control-character", "invisible-value", "untypable-answer"];
const hides = (one, value) => HIDING.includes(one.code) && !same(value, withoutHidden(value));

// What is wrong in the page's words for what is frequent, else in the program's. `type` is the note's.
function wording(one, type = form?.type, value = form?.values[one.key]) {
  if (!edits) return sentence(one.message);
  const name = type?.fields.find((field) => field.key === one.key)?.name ?? "";
  if (one.code === "control-character" || hides(one, value)) return say("message-hidden");
  if (one.code === "missing-field" && name) return say("message-missing-field", { name });
  if (one.code === "unknown-source" && one.name) return say("message-unknown-source", { key: one.name });
  if (one.code === "no-card" && type?.kind === "cloze") return say("message-no-card");
  if (one.code === "no-card" && type?.kind === "image-occlusion") return say("message-no-cover");
  return one.code === "unfinished-note" ? say("message-unfinished-note") : sentence(one.message);
}

// Where it is in the files.
const fileOf = ({ path, line }) => make("code", { className: "place" }, line ? `${path}:${line}` : path);

function faultOf(one) {
  if (!edits) return callout(one.severity === "error" ? "bad" : "mind", wording(one), advice(one), fileOf(one));
  const buttons = [];
  const value = form?.values[one.key];
  const own = form?.note.editable !== false; // else the file is changed, not the form
  const give = (text, changed_) => buttons.push(button(text, () => rewrite(one.key, changed_)));
  if (one.instead) give(say("useSource", { title: one.instead.title }), (now) => listOf(now).map((id) => id === one.name ? one.instead.id : id));
  if (hides(one, value) && own) give(say("removeHidden"), withoutHidden);
  else if (one.code === "control-character") buttons.push(button(say("removeHidden"), () => fix({ path: one.path, code: one.code, line: 0 })));
  else if (one.fix) buttons.push(button(say("fix"), () => fix({ path: one.path, code: one.code, line: one.line })));
  return callout(one.severity === "error" ? "bad" : "mind", wording(one), one.instead || hides(one, value) ? "" : advice(one), ...buttons);
}

// A button of a fault changes the value of its field, as typing does.
function rewrite(key, change) {
  const value = change(clone(form.values[key]));
  const own = form;
  changed(own, key, value);
  redrawPart(partOf(key));
  own.faults = own.faults.filter((one) => one.key !== key);
  displayFaults();
  saveForm(own);
  focusField(key);
}

// The program's messages begin with a small letter, as on the command line.
const sentence = (given) => { const text = readable(given ?? ""); return text ? text[0].toLocaleUpperCase(root.lang) + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".") : ""; };

// --- all of them ----------------------------------------------------------------------------------

async function showCheck() {
  await saveForm(form);
  showView("desk");
  $("notes-side").hidden = true;
  $("check-side").hidden = false;
  showPane("list");
  await askFaults();
  ($("check-side").querySelector(".note") ?? $("check-side").querySelector("button"))?.focus();
}

function leaveCheck() {
  $("check-side").hidden = true;
  $("notes-side").hidden = false;
  drawRows();
  selectRow(selected);
  $("notes").focus();
}

async function askFaults() {
  const deck = desk.deck?.id;
  const found = deck && await ask("check", { deck });
  if (!found || deck !== desk.deck?.id) return;
  takeFaults(found);
}

function takeFaults(found) {
  const begun = desk.rows.length > 0; // that a new deck has no cards yet, everybody sees
  faults = SEVERITIES.flatMap((severity) => begun ? found.filter((one) => one.severity === severity) : []);
  desk.checked = true;
  displayBar();
  if (!$("check-side").hidden) displayCheck();
}

// What a note has after an edit; what is found among all cards comes with the next check.
function faultsOfNote(note) {
  if (desk.checked) takeFaults([...faults.filter((one) => one.note !== note.id), ...(note.faults ?? [])]);
}

async function checkedInBackground() {
  if (!desk.deck) return; // it is asked for when one is opened
  askFaults();
  askNotes();
  const project = await call("project").catch(() => null);
  if (!project) return;
  takeProject(project); // with the number of cards in Anki
  if (!$("check-side").hidden) displayCheck();
}

function displayCheck() {
  const focused = document.activeElement?.dataset?.fault;
  const [bad, mind, info] = SEVERITIES.map((severity) => faults.filter((one) => one.severity === severity));
  const fixes = edits ? faults.filter((one) => one.fix).length : 0;
  const group = (title, all) => all.length ? [make("h3", { className: "group" }, make("span", {}, title), make("span", {}, number(all.length))),
    make("ul", { className: "faults" }, ...all.map((one) => make("li", {}, faultEntry(one))))] : [];
  $("check-side").replaceChildren(
    make("div", { className: "apart" }, make("h2", {}, say("check")), button(say("allCards"), leaveCheck, { kind: "bare", drawing: "list" })),
    fixes ? button(many("fixAll", fixes), () => fix({}), { kind: "main whole" }) : "",
    ...group(say("mustFix"), bad), ...group(say("worthALook"), mind), ...group(say("only-unfinished"), info),
    make("p", { className: "quiet small" }, faults.length ? say("checkedAlways") : ""),
    faults.length ? "" : desk.project?.checked ? callout("good", say("nothingWrong"), say("checkedAlways")) : make("p", { className: "quiet" }, say("checking")));
  if (focused !== undefined) $("check-side").querySelector(`[data-fault="${focused}"]`)?.focus();
}

function faultEntry(one) {
  const at = faults.indexOf(one);
  const found = one.note && row(one.note);
  const type = found ? desk.types.get(found[ROW.type]) : null;
  const name = type?.fields.find((field) => field.key === one.key)?.name;
  const description = wording(one, type, "");
  const title = found ? titleIn(found) || say("untitled") : one.title || desk.deck.name;
  const content = [make("b", {}, title), make("span", { className: "line whole-text" }, name && !description.includes(name) ? `${name}: ` : "", description),
    ...(edits ? [] : [fileOf(one)])];
  const properties = { data: { fault: at, kind: found ? found[ROW.type] : "" } };
  if (!found) {
    const fixes = edits && one.fix ? button(say("fix"), () => fix({ path: one.path, code: one.code, line: one.line })) : "";
    return make("div", { className: "note", tabIndex: -1, ...properties }, ...content, make("span", { className: "line whole-text" }, advice(one)), fixes);
  }
  const element = button("", () => goToFault(at), { className: "note", ...properties });
  element.append(...content);
  if (edits && one.fix) element.append(make("span", { className: `mark ${one.severity === "error" ? "bad" : "mind"}` }, say("canFix")));
  return element;
}

async function goToFault(at) {
  fault = at;
  const one = faults[at];
  for (const element of $("check-side").querySelectorAll(".note")) element.toggleAttribute("aria-current", Number(element.dataset.fault) === at);
  const where = say("place", { what: say("check"), n: number(at + 1), of: number(faults.length) });
  if (one.note && desk.at.has(one.note)) {
    await openNote(one.note, { announced: false });
    if (form?.id !== one.note) return;
    showPane("write");
    for (const part of form.parts) form.left.add(part.key);
    displayFaults();
    focusField(partOfFault(one)?.key ?? "");
  } else {
    if ($("check-side").hidden) await showCheck();
    $("check-side").querySelector(`[data-fault="${at}"]`)?.focus();
  }
  announce(`${wording(one)} ${where}`);
}

async function nextFault(by) {
  if (!faults.length || fault < 0) await askFaults();
  if (!faults.length) return announce(say("nothingWrong"));
  await goToFault((fault + by + faults.length) % faults.length);
}

// Displays what would be fixed; it is done once that is confirmed.
async function fix(which) {
  await saveForm(form);
  const found = await ask("fixes", { deck: desk.deck.id, ...which });
  if (!found) return;
  const changes = found.changes ?? [];
  const messages = changes.length ? [] : (found.fixes ?? []).map((one) => make("li", {}, sentence(one.message)));
  if (!found.number) return notice(say("nothingToFix"), "", "mind");
  const run = async () => {
    const now = opened.element.querySelector("footer .main");
    if (now.ariaDisabled === "true") return;
    now.ariaDisabled = "true";
    now.querySelector("span").textContent = say("fixing");
    const edited = await ask("fix", { deck: desk.deck.id, ...which });
    opened.close();
    if (!edited) return;
    takeEdited({ ...edited, note: null });
    await changedOutside();
    notice(many("fixed", found.number), say("canUndo"));
    const isFixed = (one) => which.code ? one.code === which.code && one.path === which.path : one.fix;
    takeFaults(faults.filter((one) => !isFixed(one))); // until the next check
  };
  const opened = dialog(many("fixTitle", found.number), say("fixHelp"), [make("ul", { className: "fixes" }, ...changes.map((one) =>
    make("li", {}, make("p", {}, make("b", {}, titleText(one.title)), ` · ${one.field || (LISTS.includes(one.key) ? say(one.key) : one.key)}`), difference(compared(reading(one.before), reading(one.after))))), ...messages,
  )], button(say("cancel"), () => opened.close()), button(many("fixNow", found.number), run, { kind: "main" }));
  opened.element.querySelector("footer .main").focus();
}

$("check").addEventListener("click", () => { if ($("check-side").hidden) showCheck(); else leaveCheck(); });
$("check-narrow").addEventListener("click", showCheck);
