// Paper, export and the site: what is to be made, the work, then a file to download.

let sharing = null; // {choices, tab, print}

async function displayShare(tab = "print") {
  if (!desk.deck) return;
  await saveForm(form);
  const choices = await ask("share", { deck: desk.deck.id });
  if (!choices) return;
  sharing = { choices, tab, print: sharing?.print ?? { kind: "cards", paper: "A4", grid: "2x4", backs: "long-edge", count: 20, seed: 1 } };
  showView("share");
  drawShare();
}

const TABS = { print: drawPrint, export: drawExport, site: drawSite };

function drawShare(focus = "") {
  const { tab } = sharing;
  const tabs = make("div", { className: "segments", role: "group", ariaLabel: say("share") }, ...Object.keys(TABS).map((name) => button(say(`share-${name}`), () => { sharing.tab = name; drawShare(`share-${name}`); }, { id: `share-${name}`, ariaPressed: String(name === tab) })));
  fillPage(make("div", { className: "narrow" }, backButton(), make("h1", { tabIndex: -1 }, say("share")), tabs, TABS[tab]()));
  (focus && $(focus) || $("page").querySelector("h1")).focus();
}

function drawPrint() {
  const { choices, print } = sharing;
  if (!choices.print) return callout("mind", say("noPrinting"), say("noPrintingHelp"));
  const set = (key, value) => { print[key] = value; };
  const pick = (key, options, label, help = "") => {
    const select = choice(options, String(print[key] ?? ""));
    if (select.selectedIndex < 0) select.selectedIndex = 0;
    set(key, select.value);
    select.addEventListener("change", () => set(key, select.value));
    return labelled(label, help, select);
  };
  const count = (key, label, help, most) => {
    const input = make("input", { type: "number", className: "short", min: key === "seed" ? 0 : 1, max: most, value: print[key], inputMode: "numeric" });
    input.addEventListener("input", () => set(key, Math.trunc(Number(input.value) || 0)));
    return labelled(label, help, input);
  };
  const kinds = make("fieldset", { className: "field kinds" }, make("legend", {}, say("form")), ...choices.kinds.map((kind) => {
    const radio = make("input", { type: "radio", name: "kind", value: kind, checked: kind === print.kind, id: `kind-${kind}` });
    radio.addEventListener("change", () => { set("kind", kind); drawShare(radio.id); });
    return make("label", { className: "print-kind" }, radio, make("span", {}, make("b", {}, say(`print-${kind}`)), make("span", { className: "help" }, say(`print-${kind}Help`))));
  }));
  const all = (values, key) => [["", say(key)], ...values.map((one) => [one, one])];
  const own = { cards: () => [pick("grid", choices.grids.map((one) => [one, say("perSheet", { grid: one.replace("x", " × ") })]), say("perPage")), pick("backs", choices.backs.map((one) => [one, say(`backs-${one}`)]), say("backs"), say("backsHelp"))],
    handout: () => [], test: () => [count("count", say("questions"), "", 500), count("seed", say("seed"), say("seedHelp"), 1e6)] }[print.kind]();
  const chosen = [choices.subdecks.length ? pick("subdeck", all(choices.subdecks, "allSubdecks"), say("subdeck")) : "", choices.tags.length ? pick("tag", all(choices.tags, "allTags"), say("tag")) : "",
    choices.editions.length ? pick("edition", choices.editions.map((one) => [one.key, one.title || one.key]), say("edition")) : "",
    choices.languages.length ? pick("language", all(choices.languages, "deckLanguage"), say("inLanguage")) : "", pick("paper", choices.papers.map((one) => [one, one]), say("paper"))];
  return make("div", {}, kinds, make("div", { className: "two" }, ...chosen, ...own), make("div", { className: "row after-field" }, button(say("makePdf"), makePdf, { kind: "main", id: "make-pdf" })));
}

function makePdf() {
  const { kind, subdeck, tag, edition = "", language = "", paper, grid, backs, count, seed } = sharing.print;
  return make_("print", { kind, paper, grid, backs, count, seed, edition, language, ...(subdeck ? { subdecks: [subdeck] } : {}), ...(tag ? { tags: [tag] } : {}) }, say("printing"),
    ({ pages, cards }) => many(kind === "test" ? "pdfTest" : "pdfCards", cards, { pages: many("nPages", pages) }), say("printHelp"));
}

function drawExport() {
  return make("ul", { className: "exports" }, ...sharing.choices.formats.map((format) => make("li", {}, make("div", {}, make("b", {}, say(`export-${format}`)), make("p", { className: "quiet" }, say(`export-${format}Help`))),
    button(say("makeFile"), () => make_("export", { format }, say("exporting"), ({ notes }) => many("nCards", notes)), { id: `export-as-${format}`, ariaLabel: `${say("makeFile")}: ${say(`export-${format}`)}` }))));
}

function drawSite() {
  return make("div", {}, make("p", { className: "after-field" }, say("siteHelp")), make("div", { className: "row after-field" }, button(say("makeSite"), () => make_("site", {}, say("makingSite"), ({ pages }) => many("nFiles", pages), say("siteDone")), { kind: "main", id: "make-site" })));
}

// Makes something in a job, and gives it to download.
async function make_(name, request, title, about, help = "") {
  const begun = await ask(name, { deck: desk.deck.id, ...request });
  if (!begun) return;
  const done = await runJob(begun.job, title, say("makingHelp"), [["check", 0], ["make", 1]]);
  if (!done) return;
  if (view !== "share") return done.result ? notice(say("isReady"), "", "good") : undefined;
  if (!done.result) {
    drawShare();
    if (done.cancelled) return notice(say("stopped"), "", "mind");
    $("page").firstChild.append(make("section", { className: "sheet stop" }, make("h2", {}, icon("warn"), say("notMade")), refusalList(done.refusals)));
    return $("page").querySelector(".stop").scrollIntoView({ block: "nearest" });
  }
  const { files, messages } = done.result;
  fillPage(make("div", { className: "narrow" }, make("div", { className: "row back" }, button(say("goBack"), () => drawShare(), { drawing: "undo" })), make("h1", { tabIndex: -1 }, say("isReady")), make("p", { className: "big quiet" }, about(done.result)),
    make("ul", { className: "downloads" }, ...files.map((one) => downloadLink(one))), help ? make("p", { className: "after-field" }, help) : "",
    messages.length ? make("section", { className: "sheet" }, make("h2", {}, say("remarks")), make("ul", { className: "plan" }, ...messages.map((one) => make("li", {}, sentence(one))))) : ""));
  $("page").querySelector("h1").focus();
  announce(say("isReady"));
}
