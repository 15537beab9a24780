// What is wrong: at its field, and all of it in a list. "Fix" displays first what would change.

const WHATEVER = new Set(["missing-field"]); // is told of a note that is finished
const SEVERITIES = ["error", "warning", "info"];
let faults = []; // of the deck, once they are asked for
let fault = -1; // the one that F8 was at

function told(one) {
  if (one.severity === "info") return false;
  return !(WHATEVER.has(one.code) && (!form.id || form.note.unfinished || form.note.published === false) && !form.left);
}

function displayFaults() {
  if (!form || !$("form-faults")) return;
  for (const element of form.elements.values()) {
    element.classList.remove("bad", "mind");
    for (const one of element.querySelectorAll(".said-here > .said:not(.clash)")) one.remove();
  }
  const general = [];
  for (const one of form.faults.filter(told)) {
    const part = partOf(one.key);
    if (!part || !$("fields")) { general.push(faultOf(one)); continue; }
    showPart(part);
    const element = form.elements.get(part.key);
    element.classList.add(one.severity === "error" ? "bad" : "mind");
    element.querySelector(".said-here").append(faultOf(one));
  }
  $("form-faults").replaceChildren(...general);
}

// The program's advice is for files; a teacher gets the page's own for what is frequent, and none
// that speaks of lines and keys.
const OF_FILES = /\.ya?ml|kartu \w|--\w|`|: ?\.\.\.|: ?\[|\w+: "/;
function advice({ code, help }) {
  return words[`help-${code}`] ?? (OF_FILES.test(help) ? "" : sentence(help));
}
const wording = (one) => ((one.key || one.severity === "info") && words[`message-${one.code}`]) || sentence(one.message);
const fileName = (path) => path.split("/").pop().replace(/\.\w+$/, "");

function faultOf(one) {
  const buttons = one.fix ? [button(say("fix"), () => fix({ path: one.path, code: one.code, line: one.line }))] : [];
  return said(one.severity === "error" ? "bad" : "mind", wording(one), advice(one), ...buttons);
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
  const found = await ask("check", { deck: desk.deck.id });
  if (!found) return;
  faults = SEVERITIES.flatMap((severity) => found.filter((one) => one.severity === severity));
  displayCheck();
}

function checkedInBackground() {
  if (!$("check-side").hidden) askFaults();
  askNotes();
}

function displayCheck() {
  const focused = document.activeElement?.dataset?.fault;
  const [bad, mind, info] = SEVERITIES.map((severity) => faults.filter((one) => one.severity === severity));
  const fixes = faults.filter((one) => one.fix).length;
  const group = (title, all) => all.length ? [make("h3", { className: "group" }, make("span", {}, title), make("span", {}, number(all.length))),
    make("ul", { className: "faults" }, ...all.map((one) => make("li", {}, faultEntry(one))))] : [];
  $("check-side").replaceChildren(
    make("div", { className: "apart" }, make("h2", {}, say("check")), button(say("allCards"), leaveCheck, { kind: "bare", drawing: "list" })),
    fixes ? button(many("fixAll", fixes), () => fix({}), { kind: "main whole" }) : "",
    ...group(say("mustFix"), bad), ...group(say("worthALook"), mind), ...group(say("only-unfinished"), info),
    make("p", { className: "quiet small" }, faults.length ? say("checkedAlways") : ""),
    faults.length ? "" : said("good", say("nothingWrong"), say("checkedAlways")));
  if (focused !== undefined) $("check-side").querySelector(`[data-fault="${focused}"]`)?.focus();
}

function faultEntry(one) {
  const at = faults.indexOf(one);
  const type = one.note && row(one.note);
  const name = one.note ? desk.types.get(type?.[ROW.type])?.fields.find((field) => field.key === one.key)?.name : "";
  const element = button("", () => goToFault(at), { className: "note", data: { fault: at, kind: type ? type[ROW.type] : "" } });
  element.append(make("b", {}, type ? titleIn(type) : fileName(one.path)), make("span", { className: "line whole-text" }, name ? `${name}: ` : "", wording(one)));
  if (one.fix) element.append(make("span", { className: `mark ${one.severity === "error" ? "bad" : "mind"}` }, say("canFix")));
  return element;
}

async function goToFault(at) {
  fault = at;
  const one = faults[at];
  for (const element of $("check-side").querySelectorAll(".note")) element.toggleAttribute("aria-current", Number(element.dataset.fault) === at);
  if (one.note && desk.at.has(one.note)) {
    await openNote(one.note, { announced: false });
    if (form?.id !== one.note) return;
    showPane("write");
    form.left = true;
    displayFaults();
    focusField(one.key);
    announce(`${wording(one)} ${say("place", { what: say("check"), n: number(at + 1), of: number(faults.length) })}`);
  } else notice(fileName(one.path), `${sentence(one.message)} ${advice(one)}`, one.severity === "error" ? "bad" : "mind",
    ...(one.fix ? [button(say("fix"), () => fix({ path: one.path, code: one.code, line: one.line }))] : []));
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
  const told_ = changes.length ? [] : (found.fixes ?? []).map((one) => make("li", {}, sentence(one.message)));
  if (!found.number) return notice(say("nothingToFix"), "", "mind");
  const run = async () => {
    const edited = await ask("fix", { deck: desk.deck.id, ...which });
    opened.close();
    if (!edited) return;
    takeEdited({ ...edited, note: null });
    await changedOutside();
    notice(many("fixed", found.number), say("canUndo"));
    if (!$("check-side").hidden) await askFaults();
  };
  const opened = dialog(many("fixTitle", found.number), say("fixHelp"), [make("ul", { className: "fixes" }, ...changes.map((one) =>
    make("li", {}, make("p", {}, make("b", {}, titleText(one.title)), ` · ${one.field || (LISTS.includes(one.key) ? say(one.key) : one.key)}`), difference(compared(reading(one.before), reading(one.after))))), ...told_,
  )], button(say("cancel"), () => opened.close()), button(many("fixNow", found.number), run, { kind: "main" }));
  opened.element.querySelector("footer .main").focus();
}

$("check").addEventListener("click", () => { if ($("check-side").hidden) showCheck(); else leaveCheck(); });
$("check-narrow").addEventListener("click", showCheck);
