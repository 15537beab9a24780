// The page of all cards. Each card is in a frame of its own that can reach neither this page nor
// the network; messages of such a frame are not trusted.
//
// The parts of this script are joined in the order of their names, within one function. Here: the
// state of the page, where it comes from, and which part of it is in the address.

const $ = (id) => document.getElementById(id);
const root = document.documentElement;
const FRONT = "\0"; // in a back: the whole front
const PART = /\x01(\d+)\x02/g; // in a side: a text that many cards of the note type share
const WIDTHS = { phone: 360, tablet: 768, desktop: 1024 };
const MAX_PROBLEMS = 100; // diagnostics in the panel
const FIRST_TILES = 12; // completed at once: as many as can be in sight
const CHOICES = ["subdeck", "type", "tag", "edition", "diagnostic"];
const VALUES = { view: ["grid", "one"], theme: ["light", "night"], device: Object.keys(WIDTHS), side: ["front", "back"] };
const live = "desk" in root.dataset; // beside a desk, to whose server the page listens
const edits = root.dataset.desk === "edit";

let content = { texts: { id: {}, en: {} }, decks: [], diagnostics: [] };
let deck = null; // the selected deck, with its types and cards once they are loaded
let problems = { of: new Map(), all: null };
const loaded = new Map(); // key of a deck -> its types and cards, and the hash of their content
let state = {};
let words = {};
let arranged = {}; // what the tiles were last arranged for
let requested = ""; // the hash of the selected deck, while it is being loaded
let painted = "";
let fitted = "";
let completion = 0; // timer
const tiles = new Map(); // by note and number, in study order
let shown = []; // those that match the filters
const frames = new Map(); // window of a frame -> tile
const media = new Map(); // name -> promise of its data
const resolvers = new Map(); // name -> resolves the promise of its data

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function say(key, values = {}) {
  return (words[key] || key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// The state is in the address, so that a view can be shared.
const defaults = () => ({
  deck: content.decks[0]?.key || "", view: "grid", device: "phone", card: "", side: "front",
  theme: matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "light",
  search: "", subdeck: "", type: "", tag: "", edition: "", diagnostic: "",
});

function readAddress() {
  const standard = defaults();
  const given = new URLSearchParams(location.hash.slice(1));
  state = Object.fromEntries(Object.keys(standard).map((key) => [key, given.get(key) ?? standard[key]]));
  for (const [key, allowed] of Object.entries(VALUES)) if (!allowed.includes(state[key])) state[key] = standard[key];
}

function writeAddress(push) {
  const standard = defaults();
  const changed = Object.entries(state).filter(([key, value]) => value !== standard[key]);
  const hash = `#${new URLSearchParams(changed)}`;
  if (hash === (location.hash || "#")) return;
  if (push) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
}

function change(values, push = false) {
  Object.assign(state, values);
  writeAddress(push);
  render();
}

// Takes over data from the server or the site; tiles that are the same stay as they are.
function show(next) {
  content = { diagnostics: [], ...next };
  const previous = { ...state };
  readAddress();
  if (Object.keys(previous).length) state = previous;
  if (!content.decks.some((one) => one.key === state.deck)) state.deck = defaults().deck;
  if (words.search === undefined) setLanguage(savedLanguage() || root.lang);
  render();
}

// Only the selected deck is loaded; its previous content stays until then.
function selectedDeck() {
  const about = content.decks.find((one) => one.key === state.deck);
  if (!about) return null;
  const found = loaded.get(about.key);
  const current = found?.content === about.content;
  if (current) requested = "";
  else if (requested !== about.content) {
    requested = about.content;
    const src = `decks/${about.key}.js?${about.content}`;
    const retry = () => {
      if (live && requested === about.content) requested = "";
      if (live && !requested) render();
    };
    document.head.append(make("script", { src, onload() { this.remove(); }, onerror() { setTimeout(retry, 1000); } }));
  }
  return { types: [], cards: [], ...about, ...found, loaded: Boolean(found), current };
}

function receive(key, { types, cards }) {
  const about = content.decks.find((one) => one.key === key);
  if (!about) return;
  for (const one of types) one.fingerprint = JSON.stringify(one);
  loaded.set(key, { types, cards, content: about.content });
  if (key === state.deck) render();
}

const html = (card, text) => text.replaceAll(FRONT, () => card.front).replace(PART, (_, n) => deck.types[card.type].parts[n]);

function savedLanguage() {
  try { return localStorage.getItem("kartu-language"); } catch { return null; }
}

function setLanguage(language) {
  root.lang = Object.hasOwn(content.texts, language) ? language : "en";
  words = content.texts[root.lang];
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
  $("language").textContent = say("language");
  $("language").lang = root.lang === "id" ? "en" : "id";
  for (const tile of tiles.values()) label(tile);
}

function render() {
  deck = selectedDeck();
  root.dataset.theme = state.theme;
  $("cards").dataset.view = state.view;
  $("cards").dataset.device = state.device;
  renderTools();
  renderProblems();
  if (!deck?.loaded) {
    for (const tile of tiles.values()) drop(tile);
    arranged = {};
  } else if (arranged.cards !== deck.cards || (deck.current && arranged.content !== content)) {
    arrange();
    arranged = { content, cards: deck.cards };
  }
  filter();
  const size = `${state.view} ${state.device} ${shown.length > 0}`;
  if (size !== fitted) fit(); // measuring is slow; changes of the size are observed
  fitted = size;
  const look = `${state.theme} ${state.device}`;
  if (look !== painted) for (const tile of tiles.values()) paint(tile);
  painted = look;
}
