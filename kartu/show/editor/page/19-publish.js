// Publishing: what students will notice, the decisions that are left, then the packages.

let plan = null;
let job = null; // {id, cancelled}
let message = "";

async function displayPublish() {
  if (!desk.deck) return;
  await saveForm(form);
  showView("publish");
  if (job) return;
  fillPage(make("div", { className: "narrow" }, backButton(), make("h1", {}, say("publish")), make("p", { className: "quiet", attributes: { role: "status" } }, say("planning"))));
  focusPage();
  const found = await ask("plan", { deck: desk.deck.id });
  if (view !== "publish") return;
  if (!found) return showView("desk");
  plan = found;
  drawPlan();
}

function drawPlan() {
  const { version, before, counts, changes = [], refusals = [], nothing } = plan;
  const left = refusals.filter((one) => !one.accepted).length;
  const known = Object.keys(counts).length > 0; // what changes, which a deck with errors does not tell
  const title = known ? say("planTitle", { version }) : say("notYet");
  const opening = make("div", {}, backButton(), make("h1", {}, title), make("p", { className: "big quiet" }, !known ? say("notYetHelp") : left ? say("decideFirst") : planLine(before, counts)));
  const overwritten = changes.some((one) => one.overwrites);
  const tally = !known ? "" : make("div", { className: "tally" }, ...["new", "corrected", "retired", "unchanged"].map((key) => make("div", {}, make("span", { className: "large" }, number(counts[key] ?? 0)), say(`count-${key}`),
    key === "new" && counts.cards ? make("span", { className: "small quiet" }, say("inAnkiMore", { n: number(counts.cards) })) : "")));
  const unfinished = desk.rows.filter((one) => flagged(one, "u")).length;
  outside = new Set(plan.outside);
  const missing = [unfinished ? callout("mind", many("leftOut", unfinished), say("leftOutHelp")) : "",
    outside.size ? callout("mind", many("outside", outside.size), say("outsideHelp"), button(say("seeInList"), showOutside, { drawing: "list", id: "see-outside" })) : ""];
  const decisions = refusals.length ? make("section", { className: `sheet ${left ? "stop" : ""}` }, make("h2", {}, icon(left ? "warn" : "tick"), left ? many("decisions", left) : say("decided")), make("ul", { className: "plan" }, ...refusals.map(decision))) : "";
  const list = changes.length ? make("section", { className: "sheet" }, make("h2", {}, say("whatChanges")), overwritten ? make("p", { className: "callout mind" }, icon("hand"), make("span", {}, say("overwrites"))) : "", changesList(changes)) : "";
  const text = make("textarea", { rows: 2, value: message, lang: desk.deck.language });
  text.addEventListener("input", () => { message = text.value; });
  const go = button(known ? say("publishVersion", { version }) : say("publish"), startJob, { kind: left || nothing || !known ? "" : "main", drawing: "publish", id: "publish-now", ariaDisabled: String(Boolean(left || nothing || !known)) });
  fillPage(make("div", {}, opening, nothing ? callout("good", say("nothingToPublish"), say("nothingToPublishHelp")) : tally, ...missing, decisions, list,
    nothing || !known ? "" : labelled(say("message"), say("messageHelp"), text)),
    make("footer", { className: "foot" }, make("p", {}, left ? many("decisionsLeft", left) : nothing ? "" : say("readyToPublish")), go));
  const first = $("page").querySelector(".stop button") ?? $("page").querySelector("h1");
  first.tabIndex = first.matches("h1") ? -1 : first.tabIndex;
  first.focus();
  announce(left ? many("decisions", left) : title);
}

const planLine = (before, counts) => before ? say("planUpdate", { n: number((counts.unchanged ?? 0) + (counts.corrected ?? 0)) }) : say("planFirst");

function decision(one) {
  const ways = one.accepted ? [] : one.ways ?? [];
  const buttons = ways.map((way) => button(say(`way-${way.do}`), () => decide(one, way), { kind: way.safe && way === ways.find((it) => it.safe) ? "main" : "" }));
  const takenBack = (one.ways ?? []).find((way) => way.do.startsWith("accept"));
  if (one.accepted && takenBack) buttons.push(button(say("takeBack"), () => takeWay({ deck: desk.deck.id, do: takenBack.do, ...takenBack.arguments, accept: false }), { drawing: "undo" }));
  if (one.note && desk.at.has(one.note)) buttons.push(button(say("openNote"), () => { showView("desk"); openNote(one.note); }, { kind: "bare" }));
  return make("li", {}, make("h3", {}, one.title ? titleText(one.title) : sentence(one.message), one.accepted ? make("span", { className: "mark good" }, icon("tick"), say("isAccepted")) : ""),
    make("p", {}, one.title ? sentence(one.message) : "", " ", advice(one)), make("div", { className: "row" }, ...buttons));
}

async function decide(one, way) {
  const request = { deck: desk.deck.id, do: way.do, ...(way.arguments ?? {}) };
  const [needed] = way.needs ?? [];
  if (!needed) return takeWay(request);
  const input = make("textarea", { rows: 2, lang: desk.deck.language });
  const run = async () => {
    if (!input.value.trim()) return input.focus();
    opened.close();
    await takeWay({ ...request, [needed]: input.value.trim() });
  };
  const opened = dialog(say(`way-${way.do}`), titleText(one.title || ""), [labelled(say("reason"), say(way.do === "accept" ? "acceptHelp" : "reasonHelp"), input)],
    button(say("cancel"), () => opened.close()), button(say("decide"), run, { kind: "main" }));
  input.focus();
}

async function takeWay(request) {
  const found = await ask("way", request);
  if (!found) return;
  plan = found.plan ?? found;
  await changedOutside();
  if (view === "publish") drawPlan();
}

const CHANGES_SHOWN = 100;

function changesList(changes) {
  const list = make("ul", { className: "plan" }, ...changes.slice(0, CHANGES_SHOWN).map(changeEntry));
  const rest = changes.length - CHANGES_SHOWN;
  if (rest > 0) {
    const more = make("li", {}, button(many("showMore", rest), () => more.replaceWith(...changes.slice(CHANGES_SHOWN).map(changeEntry))));
    list.append(more);
  }
  return list;
}

function changeEntry(one) {
  const name = one.type_name || desk.types.get(one.type)?.name;
  const kind = one.kind === "corrected" && name ? make("span", { className: "pill", data: { kind: one.type } }, name) : make("span", { className: `mark ${one.kind === "new" ? "good" : ""}` }, say(`kind-${one.kind}`));
  return make("li", {}, make("p", {}, kind, " ", make("b", {}, titleText(one.title || one.type_name || "")), one.field ? ` · ${one.field}` : "", one.kind === "new" && one.cards ? make("span", { className: "quiet" }, ` · ${many("cardsInAnki", one.cards)}`) : ""),
    one.reason ? make("p", {}, `${say("reason")}: ${one.reason}`) : "",
    one.parts?.length ? difference(one.parts.flatMap(([part, text], at) => [...(at ? [["same", " "]] : []), [part, readable(text)]])) : "");
}

// --- the work -------------------------------------------------------------------------------------

const STEPS = [["check", 0], ["pack", 1], ["prove", 2], ["write", 3]];

async function startJob() {
  const begun = await ask("publish", { deck: desk.deck.id, ...(message.trim() ? { message: message.trim() } : {}) });
  if (!begun) return;
  const done = await runJob(begun.job, say("publishing", { version: plan.version }), say("publishingHelp"), STEPS.filter(([name]) => name !== "prove" || desk.project.verify));
  if (!done) return;
  await changedOutside(); // students have these cards from now on
  finish(done);
}

function finish({ result, refusals, cancelled }) {
  if (view !== "publish") return notice(result ? say("publishedTitle", { version: result.version }) : say("notPublished"), "", result ? "good" : "bad");
  if (refusals?.length) {
    plan = { ...plan, refusals };
    return drawPlan();
  }
  if (!result) {
    notice(say(cancelled ? "stopped" : "notPublished"), "", cancelled ? "mind" : "bad");
    return displayPublish();
  }
  message = "";
  const { version, files = [], changelog, proof } = result;
  const tested = proof ? proof.ok ? make("p", { className: "mark good" }, icon("tick"), say("proofOk", { anki: (proof.anki ?? []).join(", ") })) : callout("bad", say("proofBad"), (proof.findings ?? []).map((one) => plain(one.message ?? one)).join(" "))
    : make("p", { className: "quiet small" }, say("noProof"));
  const text = asText(changelog?.text ?? "");
  fillPage(make("div", { className: "narrow" }, backButton(), tested, make("h1", { tabIndex: -1 }, say("publishedTitle", { version })), make("p", { className: "big quiet" }, say("publishedHelp")),
    make("section", { className: "sheet" }, make("h2", {}, say("packages")), make("ul", { className: "downloads" }, ...files.map((one, at) => downloadLink(one, !at)))),
    changelog ? make("section", { className: "sheet" }, make("h2", {}, say("changelog")), text ? make("pre", { tabIndex: 0 }, text) : "",
      make("div", { className: "row" }, text ? button(say("copy"), async () => { await navigator.clipboard.writeText(text); announce(say("copied")); }) : "",
        make("a", { className: "button", href: `download/${changelog.token}`, download: changelog.name }, icon("download"), say("downloadChangelog")))) : "",));
  $("page").querySelector("h1").focus();
  announce(say("publishedTitle", { version }));
}

// The changelog without the signs of Markdown, to be read and sent.
const asText = (text) => readable(text).replace(/^#+ +/gm, "").replace(/^(\s*)[-*] /gm, "$1• ").replace(/(\*\*|__)(.+?)\1/g, "$2").replace(/(?<![\w*])[*_](\S.*?)[*_](?![\w*])/g, "$1").replace(/`([^`]*)`/g, "$1").replace(/\[([^\]]+)\]\([^)]*\)/g, "$1").replace(/\\([^\w\s])/g, "$1").trim();

$("publish").addEventListener("click", displayPublish);
