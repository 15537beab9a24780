// The page of all cards: what is shown, and how. Each card stands in a frame of its own that can
// reach neither this page nor the network; what such a frame says is taken for a wish at most.
//
// The parts of this script are joined in the order of their names, within one function. Here: what
// the page knows, where that comes from, and what of it the address holds.

const $ = (id) => document.getElementById(id);
const root = document.documentElement;
const FRONT = "\0"; // in a back: the whole front
const PART = /\x01(\d+)\x02/g; // in a side: a text that many cards of the note type share
const WIDTHS = { phone: 360, tablet: 768, desktop: 1024 };
const MOST = 100; // diagnostics in the panel
const FIRST = 12; // tiles that are whole at once, as many as can be in sight
const CHOICES = ["subdeck", "type", "tag", "edition", "said"];
const KNOWN = { view: ["grid", "one"], theme: ["light", "night"], device: Object.keys(WIDTHS), side: ["front", "back"] };
const live = "live" in root.dataset;

let content = { texts: { id: {}, en: {} }, decks: [], diagnostics: [] };
let deck = null; // what is told of the chosen deck, with its types and cards once they are there
let problems = { of: new Map(), all: null };
const loaded = new Map(); // key of a deck -> its types and cards, and of which content they are
let state = {};
let words = {};
let arranged = {};
let asked = ""; // the content of the chosen deck, while it is being loaded
let painted = "";
let fitted = "";
let rest = 0;
const tiles = new Map(); // by note and number, in study order
let shown = []; // those that pass the filters
const frames = new Map(); // the tile of each frame's window
const media = new Map(); // name -> promise of its data
const arrived = new Map(); // name -> what to call with its data

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function say(key, values = {}) {
  return (words[key] || key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// The state stands in the address, so that a view can be sent to someone else.
const defaults = () => ({
  deck: content.decks[0]?.key || "", view: "grid", device: "phone", card: "", side: "front",
  theme: matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "light",
  search: "", subdeck: "", type: "", tag: "", edition: "", said: "",
});

function readAddress() {
  const usual = defaults();
  const given = new URLSearchParams(location.hash.slice(1));
  state = Object.fromEntries(Object.keys(usual).map((key) => [key, given.get(key) ?? usual[key]]));
  for (const [key, known] of Object.entries(KNOWN)) if (!known.includes(state[key])) state[key] = usual[key];
}

function writeAddress(push) {
  const usual = defaults();
  const told = Object.entries(state).filter(([key, value]) => value !== usual[key]);
  const hash = `#${new URLSearchParams(told)}`;
  if (hash === (location.hash || "#")) return;
  if (push) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
}

function change(values, push = false) {
  Object.assign(state, values);
  writeAddress(push);
  render();
}

// What the server or the site tells; at a change the tiles that are the same stay as they are.
function show(next) {
  content = { diagnostics: [], ...next };
  const kept = { ...state };
  readAddress();
  if (Object.keys(kept).length) state = kept;
  if (!content.decks.some((one) => one.key === state.deck)) state.deck = defaults().deck;
  if (words.search === undefined) speak(remembered() || root.lang);
  render();
}

// Only the deck that is looked at is loaded; what it was stays until it is there.
function choose() {
  const about = content.decks.find((one) => one.key === state.deck);
  if (!about) return null;
  const found = loaded.get(about.key);
  const current = found?.content === about.content;
  if (current) asked = "";
  else if (asked !== about.content) {
    asked = about.content;
    const src = `decks/${about.key}.js?${about.content}`;
    const again = () => {
      if (live && asked === about.content) asked = "";
      if (live && !asked) render();
    };
    document.head.append(make("script", { src, onload() { this.remove(); }, onerror() { setTimeout(again, 1000); } }));
  }
  return { types: [], cards: [], ...about, ...found, there: Boolean(found), current };
}

function receive(key, { types, cards }) {
  const about = content.decks.find((one) => one.key === key);
  if (!about) return;
  for (const one of types) one.told = JSON.stringify(one);
  loaded.set(key, { types, cards, content: about.content });
  if (key === state.deck) render();
}

const html = (card, text) => text.replaceAll(FRONT, () => card.front).replace(PART, (_, n) => deck.types[card.type].parts[n]);

function remembered() {
  try { return localStorage.getItem("kartu-language"); } catch { return null; }
}

function speak(language) {
  root.lang = Object.hasOwn(content.texts, language) ? language : "en";
  words = content.texts[root.lang];
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
  $("language").textContent = say("language");
  $("language").lang = root.lang === "id" ? "en" : "id";
  for (const tile of tiles.values()) label(tile);
}

function render() {
  deck = choose();
  root.dataset.theme = state.theme;
  $("cards").dataset.view = state.view;
  $("cards").dataset.device = state.device;
  renderTools();
  renderProblems();
  if (!deck?.there) {
    for (const tile of tiles.values()) drop(tile);
    arranged = {};
  } else if (arranged.cards !== deck.cards || (deck.current && arranged.content !== content)) {
    arrange();
    arranged = { content, cards: deck.cards };
  }
  filter();
  const size = `${state.view} ${state.device} ${shown.length > 0}`;
  if (size !== fitted) fit(); // looking at sizes is slow; those of the window are watched
  fitted = size;
  const look = `${state.theme} ${state.device}`;
  if (look !== painted) for (const tile of tiles.values()) paint(tile);
  painted = look;
}
