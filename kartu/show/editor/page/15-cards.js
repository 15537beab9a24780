// The cards as students see them, in a frame of their own that reaches neither this page nor the
// network; what it reports is not trusted. They are renewed while a person types.

const look = { back: stored.get("kartu:back") ?? true, at: 0, device: "phone", night: matchMedia("(prefers-color-scheme: dark)").matches };
const LAPTOP = 1024; // CSS pixels
let shown = { cards: [], css: "", media: {} };
let frameReady = false;
let paints = 0;

// Asks for the cards of what is in the form; the next answer is asked for once this one is there.
async function preview(own) {
  if (own.previewing) return void (own.previewAgain = true);
  own.previewing = true;
  try {
    const values = Object.fromEntries(changedKeys(own).map((key) => [key, readableBy(own.values[key])]));
    const { cards, css, media, faults } = own.id
      ? await call("preview", { deck: own.deck, note: own.id, values })
      : await call("preview_new", { deck: own.deck, type: own.type.id, values: tidied(filled(own.values)) });
    if (form !== own) return;
    displayCards({ cards, css, media });
    own.faults = faults;
    faultsSoon(own);
  } catch (error) {
    if (!(error instanceof OfflineError) && !(error instanceof RefusedError)) throw error;
  } finally {
    own.previewing = false;
    if (own.previewAgain) {
      own.previewAgain = false;
      preview(own);
    }
  }
}

// What is wrong is shown when the keys rest, not at each letter.
let soon = 0; // timer
function faultsSoon(own) {
  clearTimeout(soon);
  soon = setTimeout(() => { if (form === own) displayFaults(); }, Math.max(0, own.touched + 900 - performance.now()));
}

function displayCards({ cards, css, media }, fresh = false) {
  shown = { cards: cards ?? [], css: css ?? "", media: media ?? {} };
  if (fresh) Object.assign(look, { at: 0, back: form?.type.covers ? false : stored.get("kartu:back") ?? true }); // covers are on the question
  look.at = Math.min(look.at, Math.max(0, shown.cards.length - 1));
  const names = namesOf(shown.cards);
  if (!same(names, displayCards.names)) {
    displayCards.names = names;
    $("which").replaceChildren(...(names.length > 1 ? names.map((name, at) => button(name, () => { look.at = at; displayLook(); }, { data: { at } })) : []));
  }
  displayLook();
}

// Cards that a gap or a cover makes have one name; its number distinguishes them.
function namesOf(cards) {
  const several = new Set(cards.map((one) => one.name)).size < cards.length;
  const kind = { cloze: "tool-gap", "image-occlusion": "cover" }[form?.type.kind];
  return cards.map(({ name, number: n }) => several ? `${kind ? say(kind) : name} ${n}` : name);
}

function displayLook() {
  for (const one of $("which").children) one.ariaPressed = String(Number(one.dataset.at) === look.at);
  $("front").ariaPressed = String(!look.back);
  $("back").ariaPressed = String(look.back);
  for (const id of ["phone", "laptop"]) $(id).ariaPressed = String(look.device === id);
  $("night").ariaPressed = String(look.night);
  $("screen").dataset.device = look.device;
  $("screen").classList.toggle("night", look.night);
  const card = shown.cards[look.at];
  $("frame").hidden = !card;
  $("no-card").hidden = Boolean(card);
  $("no-card").textContent = say(!form ? "noCardOpen" : !edits ? "noCardYet" : form.type.covers ? "noCoverYet" : form.parts.some((part) => part.kind === "gaps" && !blank(form.values[part.key])) ? "noGapYet" : "noCardYet");
  displayLooksLink(card);
  sizeFrame();
  paint();
}

// To this card in all looks, and to all others, on a page of its own.
function displayLooksLink(card) {
  $("looks").hidden = !card || !form?.id;
  const looks = { deck: form?.deck, view: "one", card: `${form?.id}.${card?.number}`, theme: look.night ? "night" : "light", side: look.back ? "back" : "front" };
  $("looks").href = `looks/#${new URLSearchParams(looks)}`;
}

function sizeFrame() {
  const scale = look.device === "laptop" ? Math.min(1, $("screen").clientWidth / LAPTOP) : 1;
  const { style } = $("frame");
  style.width = look.device === "laptop" ? `${LAPTOP}px` : "100%";
  style.height = look.device === "laptop" ? `${Math.round($("screen").clientHeight / scale)}px` : "100%";
  style.transform = scale === 1 ? "" : `scale(${scale})`;
}

async function paint() {
  const card = shown.cards[look.at];
  const what = String((paints += 1));
  if (!card || !frameReady) return;
  const html = look.back ? card.back : card.front;
  const media = await mediaOfCards(shown.media);
  if (what !== String(paints)) return;
  $("frame").title = say(look.back ? "frameBack" : "frameFront", { name: displayCards.names[look.at] });
  $("frame").contentWindow.postMessage({
    what, html, css: shown.css, number: card.number ?? look.at + 1, answer: look.back, media, night: look.night, mobile: look.device === "phone",
    language: desk.deck.language, title: $("frame").title,
  }, "*");
}

// The files of a note's cards as data: addresses. Most have none, and then nothing is waited for.
async function mediaOfCards(media) {
  return Object.fromEntries(await Promise.all(Object.entries(media ?? {}).map(async ([name, token]) => [name, await dataOf({ token })])));
}

addEventListener("message", (event) => {
  if (event.source !== $("frame").contentWindow || !event.data) return;
  const { kartu: message, what, text } = event.data;
  if (message === "ready") {
    frameReady = true;
    paint();
  } else if (message === "painted" && what === String(paints)) root.dataset.painted = what;
  else if (message === "tap") tapped(typeof text === "string" ? text : "");
});

// A tap on a part of the card: the field that has its text; else the other side.
function tapped(text) {
  const wanted = words_(text);
  const key = wanted && form ? Object.keys(form.values).find((one) => !LISTS.includes(one) && words_(plain(form.values[one])) && (wanted.includes(words_(plain(form.values[one]))) || (wanted.length > 2 && words_(plain(form.values[one])).includes(wanted)))) : null;
  if (key && partOf(key)) {
    showPane("write");
    focusField(key);
  } else turn(!look.back);
}

const words_ = (text) => folded(text.replace(/\{\{c\d+::|::[^}]*\}\}|\}\}/g, "")).replace(/[^\p{L}\p{N}]+/gu, " ").trim();

function turn(back) {
  look.back = back;
  stored.set("kartu:back", back);
  displayLook();
  announce(say(back ? "back" : "front"));
}

$("front").addEventListener("click", () => turn(false));
$("back").addEventListener("click", () => turn(true));
for (const id of ["phone", "laptop"]) $(id).addEventListener("click", () => { look.device = id; displayLook(); });
$("night").addEventListener("click", () => { look.night = !look.night; displayLook(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => { look.night = matches; displayLook(); });
new ResizeObserver(sizeFrame).observe($("screen"));

$("frame").src = "frame"; // only now: its first message must not be missed
