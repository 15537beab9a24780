// Publishing: what students will notice, the decisions that are left, then the packages.

let plan = null;
let job = null; // {id, cancelled}
let message = "";

async function displayPublish() {
  if (!desk.deck) return;
  await saveForm(form);
  showView("publish");
  if (job) return;
  $("page").replaceChildren(make("div", { className: "narrow" }, make("h1", {}, say("publish")), make("p", { className: "quiet", attributes: { role: "status" } }, say("planning"))));
  $("page").focus();
  const found = await ask("plan", { deck: desk.deck.id });
  if (view !== "publish") return;
  if (!found) return showView("desk");
  plan = found;
  drawPlan();
}

function drawPlan() {
  const { version, before, counts, changes = [], refusals = [], nothing } = plan;
  const left = refusals.length;
  const opening = make("div", {}, make("h1", {}, say("planTitle", { version })), make("p", { className: "big quiet" }, planLine(before, counts)));
  const tally = make("div", { className: "tally" }, ...["new", "corrected", "retired", "unchanged"].map((key) => make("div", {}, make("span", { className: "large" }, number(counts[key] ?? 0)), say(`count-${key}`),
    key === "new" && counts.cards ? make("span", { className: "small quiet" }, say("inAnkiMore", { n: number(counts.cards) })) : "")));
  const decisions = left ? make("section", { className: "sheet stop" }, make("h2", {}, icon("warn"), many("decisions", left)), make("ul", { className: "plan" }, ...refusals.map(decision))) : "";
  const list = changes.length ? make("section", { className: "sheet" }, make("h2", {}, say("whatChanges")), changesList(changes)) : "";
  const text = make("textarea", { rows: 2, value: message, lang: desk.deck.language });
  text.addEventListener("input", () => { message = text.value; });
  const go = button(say("publishVersion", { version }), startJob, { kind: left || nothing ? "" : "main", drawing: "publish", id: "publish-now", ariaDisabled: String(Boolean(left || nothing)) });
  $("page").replaceChildren(make("div", {}, opening, nothing ? said("good", say("nothingToPublish"), say("nothingToPublishHelp")) : tally, decisions, list,
    nothing ? "" : labelled(say("message"), say("messageHelp"), text)),
    make("footer", { className: "foot" }, make("p", {}, left ? many("decisionsLeft", left) : nothing ? "" : say("readyToPublish")), go));
  const first = $("page").querySelector(".stop button") ?? $("page").querySelector("h1");
  first.tabIndex = first.matches("h1") ? -1 : first.tabIndex;
  first.focus();
  announce(left ? many("decisions", left) : say("planTitle", { version }));
}

const planLine = (before, counts) => before ? say("planUpdate", { n: number((counts.unchanged ?? 0) + (counts.corrected ?? 0)) }) : say("planFirst");

function decision(one) {
  const buttons = (one.ways ?? []).map((way) => button(say(`way-${way.label ?? way.do}`), () => decide(one, way), { kind: way.safe ? "main" : "" }));
  const open = one.note && desk.at.has(one.note) ? [button(say("openNote"), () => { showView("desk"); openNote(one.note); }, { kind: "bare" })] : [];
  return make("li", {}, make("h3", {}, one.title || sentence(one.message)), make("p", {}, one.title ? sentence(one.message) : "", " ", sentence(one.help)), make("div", { className: "row" }, ...buttons, ...open));
}

async function decide(one, way) {
  const request = { deck: desk.deck.id, do: way.do, ...(way.arguments ?? {}) };
  if (!way.wants) return takeWay(request);
  const input = make("textarea", { rows: 2, lang: desk.deck.language });
  const run = async () => {
    if (!input.value.trim()) return input.focus();
    opened.close();
    await takeWay({ ...request, [way.wants]: input.value.trim() });
  };
  const opened = dialog(say(`way-${way.label ?? way.do}`), one.title ?? "", [labelled(say(way.wants === "name" ? "name" : "reason"), way.wants === "name" ? "" : say("reasonHelp"), input)],
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
  const type = desk.types.get(one.type);
  const kind = one.kind === "corrected" && type ? make("span", { className: "pill", data: { kind: one.type } }, type.name) : make("span", { className: `mark ${one.kind === "new" ? "good" : ""}` }, say(`kind-${one.kind}`));
  return make("li", {}, make("p", {}, kind, " ", make("b", {}, one.title), one.field ? ` · ${one.field}` : "", one.kind === "new" && one.cards ? make("span", { className: "quiet" }, ` · ${many("cardsInAnki", one.cards)}`) : ""),
    one.parts?.length ? difference(one.parts) : "",
    one.overwrites ? make("p", { className: "said mind" }, icon("hand"), make("span", {}, say("overwrites"))) : "");
}

// --- the work -------------------------------------------------------------------------------------

const LOOK_AGAIN = 300; // milliseconds

async function startJob() {
  const begun = await ask("publish", { deck: desk.deck.id, ...(message.trim() ? { message: message.trim() } : {}) });
  if (!begun) return;
  job = { id: begun.job };
  const bar = make("progress", { max: 1, value: 0, ariaLabel: say("publishing", { version: plan.version }) });
  const steps = make("ol", { className: "steps" });
  const cancel = button(say("stop"), async () => { cancel.ariaDisabled = "true"; await ask("cancel", { job: job?.id }); });
  $("page").replaceChildren(make("div", { className: "narrow" }, make("h1", { tabIndex: -1 }, say("publishing", { version: plan.version })), make("p", { className: "big quiet" }, say("publishingHelp")), bar, steps, make("div", { className: "row" }, cancel)));
  $("page").querySelector("h1").focus();
  let at = "";
  for (;;) {
    const now = await ask("job", { job: job.id });
    if (!now) break;
    if (now.step !== at) announce(say(`step-${at = now.step}`));
    drawSteps(steps, bar, now);
    if (now.done) { finish(now); break; }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
  job = null;
  await changedOutside();
}

function drawSteps(steps, bar, { step: at, of = [] }) {
  const place = Math.max(0, of.indexOf(at));
  bar.value = of.length ? (place + 0.5) / of.length : 0;
  steps.replaceChildren(...of.map((name, n) => make("li", { className: n < place ? "done" : n === place ? "now" : "" }, n < place ? icon("tick") : n === place ? icon("clock") : make("i"), make("span", {}, say(`step-${name}`)))));
}

function finish({ result, refusals, cancelled, message: why }) {
  if (view !== "publish") return notice(result ? say("publishedTitle", { version: result.version }) : say("notPublished"), "", result ? "good" : "bad");
  if (refusals?.length) {
    plan = { ...plan, refusals };
    return drawPlan();
  }
  if (!result) {
    notice(say(cancelled ? "stopped" : "notPublished"), why ?? "", cancelled ? "mind" : "bad");
    return displayPublishAgain();
  }
  message = "";
  const { version, files = [], changelog, proof } = result;
  const tested = proof ? proof.ok ? make("p", { className: "mark good" }, icon("tick"), say("proofOk")) : said("bad", say("proofBad"), (proof.findings ?? []).map((one) => plain(one.message ?? one)).join(" "))
    : make("p", { className: "quiet small" }, say("noProof"));
  const link = (file, main) => {
    const one = make("a", { className: `button ${main ? "main" : ""}`, href: `download/${file.token}`, download: file.name }, icon("publish"), say("download"), " ", make("span", {}, file.name));
    return make("li", {}, one, make("span", { className: "quiet" }, size(file.size)));
  };
  const packages = files.filter((one) => !one.name.endsWith(".md"));
  const text = typeof changelog === "string" ? changelog : "";
  $("page").replaceChildren(make("div", { className: "narrow" }, tested, make("h1", { tabIndex: -1 }, say("publishedTitle", { version })), make("p", { className: "big quiet" }, say("publishedHelp")),
    make("section", { className: "sheet" }, make("h2", {}, say("packages")), make("ul", { className: "downloads" }, ...packages.map((one, at) => link(one, !at)))),
    text || files.length > packages.length ? make("section", { className: "sheet" }, make("h2", {}, say("changelog")), text ? make("pre", { tabIndex: 0 }, text) : "",
      make("div", { className: "row" }, text ? button(say("copy"), async () => { await navigator.clipboard.writeText(text); announce(say("copied")); }) : "", ...files.filter((one) => one.name.endsWith(".md")).map((one) => link(one, false)))) : "",
    make("div", { className: "row after" }, button(say("backToWriting"), () => showView("desk"), { drawing: "undo" }))));
  $("page").querySelector("h1").focus();
  announce(say("publishedTitle", { version }));
}

async function displayPublishAgain() {
  job = null;
  await displayPublish();
}

$("publish").addEventListener("click", displayPublish);
