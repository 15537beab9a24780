// Corrections from Anki: packages that students hand in, their proposals with both texts and cards,
// and what is taken of them as one edit. Nothing is written before.

let correcting = null; // {deck, files, found, taken: Map of a proposal to its choice, added: Set, stale}
const PROPOSALS_SHOWN = 100;

async function displayCorrections() {
  if (!desk.deck || job) return;
  await saveForm(form);
  showView("corrections");
  takeDrops($("page"));
  if (correcting?.deck !== desk.deck.id) correcting = null;
  if (correcting?.stale) return lookForCorrections(correcting.files);
  drawCorrections();
  return $("page").querySelector("h1").focus();
}

function choosePackages() {
  const input = make("input", { type: "file", accept: ".apkg,.colpkg", multiple: true });
  input.addEventListener("change", () => { if (input.files.length) bringPackages([...input.files]); });
  input.click();
}

async function bringPackages(chosen) {
  const files = [];
  for (const file of chosen) {
    announce(say("reading", { name: file.name }));
    const held = await ask("bring", { name: file.name, base64: await asBase64(file), more: files.length > 0 });
    if (!held) return;
    files.push(held.file);
  }
  await lookForCorrections(files);
}

async function lookForCorrections(files) {
  const begun = await ask("corrections", { deck: desk.deck.id, files });
  if (!begun) {
    correcting = null;
    return drawCorrections();
  }
  const done = await runJob(begun.job, say("lookingFor"), say("importingHelp"), [["read", 0]]);
  if (!done || view !== "corrections") return;
  correcting = null;
  if (done.result) {
    const taken = new Map(done.result.proposals.filter((one) => one.kind === "taken").map((one) => [one, one.choices[0].take]));
    correcting = { deck: desk.deck.id, files, found: done.result, taken, added: new Set(done.result.new.map((one) => one.guid).filter(Boolean)) };
  }
  drawCorrections();
  if (done.cancelled) notice(say("stopped"), "", "mind");
  else if (!done.result) $("page").querySelector(".after-field").before(callout("bad", say("notRead"), done.refusals.map((one) => sentence(one.message)).join(" ")));
  $("page").querySelector("h1").focus();
  announce($("page").querySelector(".big").textContent);
}

function drawCorrections() {
  const choose = (kind) => make("div", { className: "row after-field" }, button(say(correcting ? "otherPackages" : "choosePackages"), choosePackages, { kind, drawing: "file", id: "choose-packages" }));
  const head = (help) => [backButton(), make("h1", { tabIndex: -1 }, say("corrections")), make("p", { className: "big quiet" }, help)];
  if (!correcting) return fillPage(make("div", { className: "narrow" }, ...head(say("correctionsHelp")), make("p", { className: "after-field" }, say("correctionsHow")), choose("main")));
  const { packages, proposals, new: added, left, gone, other_types: others } = correcting.found;
  const open = [...proposals].sort((one, other) => (one.kind === "refused") - (other.kind === "refused"));
  const remarks = [[left, "textsOlder"], [gone, "notesGone"], [others, "otherTypes"]].filter(([n]) => n).map(([n, key]) => make("li", {}, many(key, n)));
  const list = make("ul", { className: "proposals" }, ...open.slice(0, PROPOSALS_SHOWN).map(proposalEntry));
  const rest = open.slice(PROPOSALS_SHOWN);
  if (rest.length) {
    const more_ = make("li", {}, button(many("showMore", rest.length), () => more_.replaceWith(...rest.map(proposalEntry))));
    list.append(more_);
  }
  list.append(...added.map(newEntry));
  const count = proposals.length + added.length;
  fillPage(make("div", {}, ...head(count ? many("proposalsFrom", count, { packages: many("nPackages", packages) }) : say("noProposals")),
    count ? make("p", { className: "quiet" }, say("proposalsHelp")) : "",
    count ? make("div", { className: "row after-field" }, button(say("acceptSafe"), () => acceptAll(true), { drawing: "tick", id: "accept-safe" }), button(say("leaveAll"), () => acceptAll(false), { id: "leave-all" })) : "",
    list, remarks.length ? make("section", { className: "sheet" }, make("h2", {}, say("remarks")), make("ul", { className: "counts" }, ...remarks)) : "", choose(count ? "" : "main")),
    count ? make("footer", { className: "foot" }, make("p", { id: "accepted", attributes: { role: "status" } }), button("", takeAccepted, { id: "take-corrections" })) : "");
  displayAccepted();
  if (open[0]?.choices.some((one) => one.take)) list.querySelector(".see-cards").click();
}

// --- one of them ----------------------------------------------------------------------------------

const usableOf = (one) => one.choices.filter((choice_) => choice_.take);
// The page has its own words for what is only looks, and for what a command would need.
const reasonOf = ({ reason }) => reason ? callout("mind", /<\w/.test(reason) ? say("lostLooks") : /--\w/.test(reason) ? say("neverPublished") : sentence(reason)) : "";

function proposalEntry(one) {
  const type = desk.types.get(row(one.note)?.[ROW.type]);
  const usable = usableOf(one);
  const cards = make("div", { className: "two cards-of", hidden: true, id: newId() });
  const heading = make("h2", { id: newId() }, titleText(one.title));
  const pressed = (take) => String((correcting.taken.get(one) ?? "") === take);
  const accept = (take, text) => button(text, () => decideOn(one, take, entry), { drawing: take ? "tick" : "", data: { take }, ariaPressed: pressed(take), className: "button decide" });
  const several = usable.length > 1;
  const versions = one.choices.map((choice_) => {
    const parts = compared(reading(one.before), reading(choice_.value));
    return version(say("proposed"), parts.filter(([kind]) => kind !== "gone"), several && choice_.take ? accept(choice_.take, say("accept")) : "", countOf(choice_), choice_.files ? many("withFiles", choice_.files) : "");
  });
  const only = one.choices.length === 1 ? compared(reading(one.before), reading(one.choices[0].value)).filter(([kind]) => kind !== "new") : [["same", reading(one.before)]];
  const see = usable.length ? button(say("seeCards"), () => toggleCards(one, cards, see), { kind: "bare see-cards", drawing: "card", ariaExpanded: "false", attributes: { "aria-controls": cards.id } }) : "";
  const buttons = usable.length ? [several ? "" : accept(usable[0].take, say("accept")), accept("", say("leave")), button(say("acceptAndEdit"), () => acceptAndEdit(one), { drawing: "pen" }), see]
    : [button(say("openNote"), () => { showView("desk"); openNote(one.note, { focus: one.field }); })];
  const entry = make("li", { className: "sheet proposal", data: type ? { kind: type.id } : {}, attributes: { "aria-labelledby": heading.id } },
    make("p", { className: "row" }, type ? make("span", { className: "pill" }, type.name) : "", make("span", {}, one.name), one.kind === "conflict" ? make("span", { className: "mark mind" }, say("decideYourself")) : "", one.kind === "refused" ? make("span", { className: "mark bad" }, say("cannotTake")) : ""),
    heading, reasonOf(one),
    make("div", { className: "two" }, version(say("nowHere"), only), ...versions), make("div", { className: "row", role: "group", ariaLabel: `${one.title}: ${one.name}` }, ...buttons), cards);
  return entry;
}

const countOf = ({ packages }) => correcting.found.packages > 1 ? say("ofPackages", { n: number(packages), of: number(correcting.found.packages) }) : "";

function version(label, parts, accept = "", count = "", files = "") {
  const shown_ = parts.some(([, text]) => text.trim()) ? difference(parts) : make("p", { className: "quiet" }, say("emptyText"));
  return make("div", { className: "version" }, make("p", { className: "small quiet" }, make("b", {}, label), count ? make("span", { className: "mark" }, count) : ""), shown_, files ? make("p", { className: "small quiet" }, files) : "", accept);
}

function newEntry(one) {
  const heading = make("h2", { id: newId() }, titleText(one.title));
  const toggle = (take, text) => button(text, () => decideOn(one, take, entry), { drawing: take ? "tick" : "", data: { take }, ariaPressed: String(correcting.added.has(one.guid) === Boolean(take)), className: "button decide" });
  const entry = make("li", { className: "sheet proposal", data: one.type ? { kind: one.type } : {}, attributes: { "aria-labelledby": heading.id } },
    make("p", { className: "row" }, one.type_name ? make("span", { className: "pill" }, one.type_name) : "", make("span", { className: "mark good" }, say("kind-new"))), heading, reasonOf(one),
    make("dl", { className: "values" }, ...one.values.flatMap(([name, value]) => [make("dt", { className: "small quiet" }, name), make("dd", {}, reading(value))])),
    one.guid ? make("div", { className: "row", role: "group", ariaLabel: one.title }, toggle(one.guid, say("accept")), toggle("", say("leave"))) : "");
  return entry;
}

// --- deciding -------------------------------------------------------------------------------------

function decideOn(one, take, entry) {
  $("notices").replaceChildren();
  if ("guid" in one) correcting.added[take ? "add" : "delete"](one.guid);
  else if (take) correcting.taken.set(one, take);
  else correcting.taken.delete(one);
  for (const button_ of entry.querySelectorAll(".decide")) button_.ariaPressed = String(button_.dataset.take === take);
  const cards = entry.querySelector(".cards-of:not([hidden])");
  if (cards && take) showCards(one, cards);
  displayAccepted();
}

function acceptAll(all) {
  const { proposals, new: added } = correcting.found;
  correcting.taken = new Map(all ? proposals.filter((one) => one.kind === "taken").map((one) => [one, one.choices[0].take]) : []);
  correcting.added = new Set(all ? added.map((one) => one.guid).filter(Boolean) : []);
  const { activeElement } = document;
  drawCorrections();
  $(activeElement.id)?.focus();
}

function displayAccepted() {
  const go = $("take-corrections");
  if (!go) return;
  const n = correcting.taken.size + correcting.added.size;
  go.replaceChildren(make("span", {}, many("takeCorrections", n)));
  go.ariaDisabled = String(!n);
  go.classList.toggle("main", n > 0);
  const open = correcting.found.proposals.filter((one) => one.kind === "conflict" && !correcting.taken.has(one)).length;
  $("accepted").textContent = open ? many("leftToDecide", open) : say("acceptedHelp");
}

async function takeAccepted() {
  const done = await takeThese([...correcting.taken], [...correcting.added]);
  if (done && !done.others && !done.refused.length) showTaken(done);
}

async function acceptAndEdit(one) {
  const usable = usableOf(one);
  const take = correcting.taken.get(one) ?? (usable.length === 1 ? usable[0].take : "");
  if (!take) return notice(say("chooseOne"), "", "mind");
  const done = await takeThese([[one, take]], []);
  if (!done || done.others || done.refused.length) return undefined;
  showView("desk");
  showPane("write");
  await openNote(one.note, { focus: one.field });
  return notice(say("correctionTaken"), say("canUndo"), "good", button(say("backToProposals"), displayCorrections));
}

// Takes proposals, and keeps the others in the list; returns what was done, null for nothing.
async function takeThese(pairs, added) {
  const { files, found } = correcting;
  const begun = await ask("take_corrections", { deck: desk.deck.id, files, taken: pairs.map(([, take]) => take), new: added });
  if (!begun) return null;
  const work = await runJob(begun.job, say("takingCorrections"), say("importingHelp"), [["read", 0], ["take", 1]]);
  const done = work?.result;
  if (done) {
    takeEdited(done, { show: false });
    if (form?.id && form.deck === desk.deck.id) await lookAgain(form);
    const gone = new Set(pairs.map(([one]) => one));
    const refused = found.proposals.filter((one) => gone.has(one)).flatMap((one) => done.refused.filter((now) => now.note === one.note && now.field === one.field));
    found.proposals = [...found.proposals.filter((one) => !gone.has(one)), ...refused];
    found.new = found.new.filter((one) => !added.includes(one.guid));
    for (const [one] of pairs) correcting.taken.delete(one);
    for (const guid of added) correcting.added.delete(guid);
  }
  if (!work || view !== "corrections") return done ? void notice(many("correctionsTaken", done.taken + done.new)) ?? null : null;
  if (done?.others) {
    await lookForCorrections(files);
    notice(many("changedMeanwhile", done.others), say("lookAtThem"), "mind");
  } else if (!done || done.refused.length) {
    drawCorrections();
    if (done) notice(many("notAllTaken", done.refused.length), say("lookAtThem"), "mind");
    else notice(say(work.cancelled ? "stopped" : "notImported"), work.refusals.map((one) => sentence(one.message)).join(" "), work.cancelled ? "mind" : "bad");
  }
  return done;
}

function showTaken({ taken, new: added }) {
  showView("desk");
  $("write").focus();
  notice(many("correctionsTaken", taken + added), say("seenAtNext"), "good", button(say("undo"), () => again("undo"), { drawing: "undo" }));
  announce(many("correctionsTaken", taken + added));
}

// --- cards before and after -----------------------------------------------------------------------

function toggleCards(one, place, opener) {
  const open = place.hidden;
  opener.ariaExpanded = String(open);
  place.hidden = !open;
  if (open) showCards(one, place);
  else place.replaceChildren();
}

async function showCards(one, place) {
  const { value } = usableOf(one).find((choice_) => [undefined, choice_.take].includes(correcting.taken.get(one)));
  const about = { deck: desk.deck.id, note: one.note };
  const [now, then] = await Promise.all([ask("preview", { ...about, values: {} }), ask("preview", { ...about, values: { [one.field]: value } })]);
  if (!now || !then || place.hidden) return;
  const differs = (card, at) => !same([card.front, card.back], [now.cards[at]?.front, now.cards[at]?.back]);
  const at = Math.max(0, then.cards.findIndex(differs));
  place.replaceChildren(...[[say("nowHere"), now], [say("proposed"), then]].map(([label, side]) => make("figure", {}, make("figcaption", { className: "small quiet" }, make("b", {}, label)), side.cards[at] ? cardFrame(side.cards[at], side, `${label}: ${one.title}, ${one.name}`) : make("p", { className: "quiet" }, say("noCardYet")))));
}

// A card in a frame of its own, as in the desk.
function cardFrame(card, { css, media }, title) {
  const frame = make("iframe", { title, className: "card-frame", attributes: { sandbox: "allow-scripts", src: "frame" } });
  const paintIn = async (event) => {
    if (!frame.isConnected) return removeEventListener("message", paintIn);
    if (event.source !== frame.contentWindow || event.data?.kartu !== "ready") return undefined;
    const content = { what: "", html: card.back, css, number: card.number, answer: true, media: await mediaOfCards(media), night: look.night, mobile: true, language: desk.deck.language, title };
    return frame.contentWindow?.postMessage(content, "*");
  };
  addEventListener("message", paintIn);
  return frame;
}
