// The editor's page. It holds no rules of its own: what an edit does and what is wrong are the
// program's answers; here they are displayed. The parts of this script are joined in the order of
// their names, within one function. Here: small helpers that every part uses.

const $ = (id) => document.getElementById(id);
const root = document.documentElement;
const edits = document.body.dataset.mode === "edit"; // else the cards are only looked at
const words = kartuTexts.texts[kartuTexts.language];
const wide = matchMedia("(min-width: 1100px)");
const narrow = matchMedia("(max-width: 699px)");
let numbered = 0; // ids of elements that labels and helps point to

const ICONS = {
  plus: "M12 5v14M5 12h14", undo: "M8 5L4 9l4 4M4 9h10a5.5 5.5 0 010 11h-4", redo: "M16 5l4 4-4 4M20 9H10a5.5 5.5 0 000 11h4",
  tick: "M4 12.5l5 5L20 6.5", back: "M20 12H4M10.5 5.5L4 12l6.5 6.5", list: "M4 6h16M4 12h16M4 18h16", down: "M6 9l6 6 6-6", up: "M6 15l6-6 6 6", cross: "M6 6l12 12M18 6L6 18",
  dots: "M4 12h.01M12 12h.01M20 12h.01", publish: "M12 15V4M7.5 8.5L12 4l4.5 4.5M5 14v5h14v-5", download: "M12 4v11M7.5 11.5L12 16l4.5-4.5M5 20h14", warn: "M12 4L2.8 20h18.4zM12 10v4.5M12 17.4v.1",
  sliders: "M4 7h9M17 7h3M4 17h3M11 17h9M13 7a2 2 0 104 0 2 2 0 10-4 0M7 17a2 2 0 104 0 2 2 0 10-4 0", pen: "M4 20l1-5L16 4l4 4L9 19z",
  paste: "M9 4h6v3H9zM9 5H6v15h12V5h-3M9 11h6M9 15h6", file: "M6 3h8l4 4v14H6zM14 3v4h4", folder: "M3 6h6l2 2h10v11H3z", print: "M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7z",
  card: "M7 3h10a2 2 0 012 2v14a2 2 0 01-2 2H7a2 2 0 01-2-2V5a2 2 0 012-2zM9 8h6M9 12h6", sum: "M18 6.5V5H6.5l6.5 7-6.5 7H18v-1.5",
  picture: "M5 5h14a2 2 0 012 2v10a2 2 0 01-2 2H5a2 2 0 01-2-2V7a2 2 0 012-2zM7.5 10a1.5 1.5 0 103 0 1.5 1.5 0 10-3 0M4 17l5-4 4 3 3-2 4 3",
  sound: "M4 10v4h4l5 4V6L8 10zM17 9a4 4 0 010 6", phone: "M9 3h6a2 2 0 012 2v14a2 2 0 01-2 2H9a2 2 0 01-2-2V5a2 2 0 012-2zM11 18h2",
  laptop: "M5 4h14a2 2 0 012 2v9a2 2 0 01-2 2H5a2 2 0 01-2-2V6a2 2 0 012-2zM8 21h8", moon: "M19 14.5A8 8 0 019.5 5a8 8 0 109.5 9.5z",
  clock: "M4 12a8 8 0 1016 0 8 8 0 10-16 0M12 7.5V12l3 2", grip: "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
  table: "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14", gap: "M3 16h5M16 16h5M9 9h6v7H9z", away: "M3 3l18 18M5 9a11 11 0 014-2M12 6c3 0 5.500 1 7 3M8 13a6 6 0 014-1.500M12 18h.01",
  box: "M4 6h16v12H4z", round: "M3.5 12a8.5 6 0 1017 0 8.5 6 0 10-17 0", join: "M4 4h10v10H4zM10 10h10v10H10z", see: "M2 12s4-6.5 10-6.500S22 12 22 12s-4 6.500-10 6.500S2 12 2 12zM12 9.500a2.500 2.500 0 100 5 2.500 2.500 0 100-5",
  hand: "M8 12V6a1.500 1.500 0 013 0v5V5a1.500 1.500 0 013 0v6-4a1.500 1.500 0 013 0v7a6 6 0 01-6 6c-3 0-4-1.500-6-5l-1-2c0-1 1.500-1.500 2.500 0z",
};

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon-drawing", `icon-${name}`);
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// `properties` are an element's own; `attributes` what has no property of the same name.
function make(name, properties = {}, ...children) {
  const { attributes = {}, data = {}, ...own } = properties;
  const element = Object.assign(document.createElement(name), own);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(key, value);
  Object.assign(element.dataset, data);
  element.append(...children.filter((one) => one !== null && one !== undefined));
  return element;
}

function button(text, act, { kind = "", drawing = "", label = "", keys = "", ...rest } = {}) {
  const element = make("button", { type: "button", className: `button ${kind}`, ...rest });
  if (drawing) element.append(icon(drawing));
  if (text) element.append(make("span", {}, text));
  if (keys) element.append(make("kbd", {}, keys));
  if (label) Object.assign(element, { title: label, ariaLabel: label });
  element.addEventListener("click", (event) => { if (element.ariaDisabled !== "true") act(event); });
  return element;
}

const newId = () => `e${(numbered += 1)}`;

function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// One text for one, another for more: "{n} card|{n} cards".
function many(key, n, values = {}) {
  const [one, more] = say(key, { n: number(n), ...values }).split("|");
  return n === 1 || more === undefined ? one : more;
}

const number = (n) => n.toLocaleString(root.lang);
const size = (bytes) => bytes < 1e6 ? `${number(Math.ceil(bytes / 1000))} kB` : `${(bytes / 1e6).toLocaleString(root.lang, { maximumFractionDigits: 1 })} MB`;

function announce(text) {
  $("announcer").textContent = "";
  requestAnimationFrame(() => { $("announcer").textContent = text; });
}

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase(root.lang);
const clone = (value) => structuredClone(value);
const same = (one, other) => JSON.stringify(one ?? "") === JSON.stringify(other ?? "");

function blank(value) {
  if (value === null || value === undefined) return true;
  if (typeof value === "string") return !value.trim();
  return (Array.isArray(value) ? value : Object.values(value)).every(blank);
}

// A value as one text, to be read.
function plain(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(plain).join(value.some(Array.isArray) ? "\n" : " · ");
  return [value.file, value.alt].filter(Boolean).join(": ");
}

// A text as a person reads it: gaps without their signs.
function readable(text) {
  return text.replace(/\{\{c\d+::image-occlusion:[^}]*\}\}/g, "").replace(/\{\{c\d+::/g, "[").replace(/::([^{}[\]]*)\}\}/g, " · $1]").replace(/\}\}/g, "]");
}
const reading = (value) => readable(plain(value));

// The page's own storage can be full, or not allowed: then nothing is kept there.
const stored = {
  get(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  },
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch { return false; }
  },
  keys(start) {
    try { return Object.keys(localStorage).filter((key) => key.startsWith(start)); } catch { return []; }
  },
};

for (const element of document.querySelectorAll("[data-icon]")) element.prepend(icon(element.dataset.icon));
for (const element of document.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
for (const element of document.querySelectorAll("[data-label]")) {
  element.ariaLabel = say(element.dataset.label);
  if (element.matches(".button")) element.title = element.ariaLabel;
}
root.lang = kartuTexts.language;
