// The page of all cards: what is shown, and how. Each card stands in a frame of its own that can
// reach neither this page nor the network; what such a frame says is taken for a wish at most.
"use strict";

const kartu = (() => {
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

  function renderTools() {
    const title = deck ? deck.name : content.decks.length ? "" : "kartu";
    $("title").textContent = document.title = title || "kartu";
    $("title").lang = deck ? deck.language : "";
    const about = content.decks.find((one) => one.key === state.deck);
    $("about").textContent = about ? say("about", about) : "";
    $("home").hidden = live;
    $("deck-choice").hidden = content.decks.length < 2;
    options("deck", content.decks.map((one) => [one.key, `${one.name} (${one.language})`]));
    for (const input of document.querySelectorAll("input[type=radio]")) input.checked = state[input.name] === input.value;
    if ($("search").value !== state.search) $("search").value = state.search;
    if (!deck?.there) return;
    const all = [["", say("all")]];
    const each = (values) => [...new Set(values)].map((value) => [value, value]);
    options("subdeck", [...all, ...each(deck.cards.map((card) => card.subdeck).filter(Boolean))]);
    options("type", [...all, ...deck.types.map((one) => [one.id, one.name])]);
    options("tag", [...all, ...each(deck.cards.flatMap((card) => card.tags).sort())]);
    options("edition", [...all, ...deck.editions.map((name, n) => [String(n), name])]);
    const codes = each(content.diagnostics.map((one) => one.code).sort());
    options("said", [...all, ["any", say("withAny")], ["errors", say("withErrors")], ...codes]);
    $("edition").parentElement.hidden = !deck.editions.length;
    $("said").parentElement.hidden = !live;
    const chosen = CHOICES.some((key) => state[key]);
    if (chosen) document.querySelector(".filters").open = true;
    $("clear").disabled = !chosen && !state.search;
  }

  function options(id, values) {
    const select = $(id);
    const told = JSON.stringify(values);
    if (select.told !== told) {
      select.told = told;
      select.replaceChildren(...values.map(([value, text]) => make("option", { value, textContent: text })));
    }
    select.value = state[id];
    if (select.selectedIndex < 0) select.value = state[id] = values[0]?.[0] ?? "";
  }

  // Diagnostics: all of them in a panel, and on the cards that they concern.
  function renderProblems() {
    const said = content.diagnostics;
    const errors = said.filter((one) => one.severity === "error").length;
    $("problems").hidden = !said.length && !content.failure;
    $("problems-title").textContent = content.failure
      ? say("failed", { why: content.failure })
      : say("problems", { errors, warnings: said.length - errors });
    $("stale").hidden = !(deck && deck.stale);
    const list = $("problems").querySelector("ol");
    const told = JSON.stringify([said, root.lang, content.root]);
    if (list.told === told) return;
    list.told = told;
    list.replaceChildren(...said.slice(0, MOST).map(problem));
    if (said.length > MOST) list.append(make("li", { textContent: say("more", { count: said.length - MOST }) }));
  }

  function problem(one) {
    const item = make("li", { className: one.severity }, make("p", {},
      make("strong", { textContent: say(one.severity) }), " ", make("code", { textContent: one.code }), " ",
      place(one.place), " ", copier(one.place)), make("p", { textContent: one.message }));
    if (one.line) item.append(make("pre", { textContent: one.line, tabIndex: 0 }));
    if (one.help) item.append(make("p", { textContent: `→ ${one.help}` }));
    if (one.note || one.type) {
      const go = make("button", { type: "button", textContent: say("onCard") });
      go.addEventListener("click", () => toCards(one));
      item.append(go);
    }
    return item;
  }

  function toCards(one) {
    const clear = { search: "", subdeck: "", type: "", tag: "", edition: "", said: "" };
    if (one.type) return change({ ...clear, type: one.type, view: "grid" }, true);
    const holder = content.decks.find((each) => each.deck === one.deck);
    if (holder) change({ ...clear, deck: holder.key, view: "one", card: `${one.note}.`, side: "front" }, true);
  }

  function place(where) {
    if (!content.root) return make("code", { className: "place", textContent: where });
    const path = `${content.root}/${where}`.replaceAll("\\", "/").replace(/^\/*/, "/");
    const href = `vscode://file${path.split("/").map(encodeURIComponent).join("/").replace(/%3A/g, ":")}`;
    return make("a", { className: "place", href, textContent: where });
  }

  function copier(where) {
    const button = make("button", { type: "button", className: "copy", textContent: say("copy") });
    button.setAttribute("aria-label", say("copyWhat", { place: where }));
    button.addEventListener("click", async () => {
      await copy(where);
      $("state").textContent = say("copied");
    });
    return button;
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch { // only secure pages have a clipboard
      const box = make("textarea", { value: text });
      document.body.append(box);
      box.select();
      document.execCommand("copy");
      box.remove();
    }
  }

  const keyOf = (card) => `${card.note}.${card.number}`;

  // The tiles of the deck, in order; none is moved or made anew without need: a frame would reload.
  function arrange() {
    const list = $("list");
    if (list.dataset.deck !== deck.key) {
      for (const tile of tiles.values()) drop(tile);
      list.dataset.deck = deck.key;
    }
    const now = new Set(deck.cards.map(keyOf));
    for (const [key, tile] of tiles) if (!now.has(key)) drop(tile, key);
    let at = list.firstElementChild;
    for (const card of deck.cards) {
      const key = keyOf(card);
      const told = JSON.stringify([card, deck.stale, about(card)]);
      const type = deck.types[card.type].told;
      let tile = tiles.get(key);
      if (!tile) tiles.set(key, tile = newTile(key));
      tile.card = card;
      if (tile.told !== told || tile.type !== type) {
        Object.assign(tile, { told, type });
        label(tile);
        paint(tile);
      }
      if (tile.element === at) at = at.nextElementSibling;
      else list.insertBefore(tile.element, at);
    }
    furnishRest();
  }

  // All that is in a tile beside its heading and its card is made in pauses, or when it is needed.
  function furnishRest() {
    clearTimeout(rest);
    const end = performance.now() + 8;
    let count = 0;
    for (const tile of tiles.values()) {
      count += 1;
      if (tile.flip) continue;
      if (count > FIRST && performance.now() > end) {
        rest = setTimeout(furnishRest, 0);
        return;
      }
      furnish(tile);
    }
  }

  function drop(tile, key = tile.key) {
    unframe(tile);
    tile.element.remove();
    watcher.unobserve(tile.screen);
    tiles.delete(key);
  }

  function newTile(key) {
    const tile = { key, back: state.card === key && state.side === "back", frame: null, near: false };
    tile.heading = make("h3", { id: `card-${key}` });
    tile.screen = make("div", { className: "screen" });
    tile.article = make("article", {}, tile.heading, tile.screen);
    tile.article.setAttribute("aria-labelledby", tile.heading.id);
    tile.element = make("li", { className: "tile" }, tile.article);
    tile.screen.tile = tile;
    watcher.observe(tile.screen);
    return tile;
  }

  function furnish(tile) {
    if (tile.flip) return;
    tile.badges = make("p", { className: "badges" });
    tile.flip = make("button", { type: "button", className: "flip" });
    tile.open = make("button", { type: "button", className: "open" });
    tile.source = make("p", { className: "source" });
    tile.links = make("p", { className: "links" });
    tile.said = make("ul", { className: "said" });
    tile.screen.before(tile.badges, tile.said, make("p", { className: "actions" }, tile.flip, tile.open));
    tile.screen.after(tile.source, tile.links);
    tile.flip.addEventListener("click", () => flip(tile));
    tile.open.addEventListener("click", () => change({ view: "one", card: tile.key, side: side(tile) }, true));
    label(tile);
  }

  const side = (tile) => (tile.back ? "back" : "front");

  // The diagnostics of a card's note and note type; a note's id has no space.
  function about(card) {
    if (problems.all !== content.diagnostics) {
      problems = { of: new Map(), all: content.diagnostics };
      for (const one of content.diagnostics) {
        const what = one.type ? `type ${one.type}` : `${one.deck} ${one.note}`;
        problems.of.set(what, [...(problems.of.get(what) || []), one]);
      }
    }
    const found = (what) => problems.of.get(what) || [];
    return [...found(`${deck.deck} ${card.note}`), ...found(`type ${deck.types[card.type].id}`)];
  }

  function label(tile) {
    const { card } = tile;
    tile.heading.textContent = card.asks || card.note;
    tile.heading.lang = deck.language;
    if (!tile.flip) return labelFlip(tile);
    const type = deck.types[card.type];
    tile.badges.replaceChildren(make("span", { textContent: type.name }),
      ...(card.name === type.name ? [] : [make("span", { textContent: card.name })]),
      ...(card.subdeck ? [make("span", { textContent: card.subdeck })] : []),
      ...(card.formulas ? [make("span", { className: "formulas", textContent: say("formulas") })] : []),
      ...(deck.stale ? [make("strong", { className: "stale", textContent: say("staleCard") })] : []));
    tile.open.textContent = say("open");
    tile.open.setAttribute("aria-label", `${say("open")}: ${tile.heading.textContent}`);
    tile.source.replaceChildren(place(card.place), " ", copier(card.place));
    tile.said.replaceChildren(...about(card).map((one) => make("li", { className: one.severity },
      make("strong", { textContent: say(one.severity) }), ` ${one.message}`)));
    tile.said.hidden = !tile.said.children.length;
    tile.links.replaceChildren(...links(card));
    labelFlip(tile);
  }

  function labelFlip(tile) {
    const text = say(tile.back ? "back" : "flip");
    if (tile.flip) {
      tile.flip.textContent = text;
      tile.flip.setAttribute("aria-label", say("flipWhat", { what: text, card: tile.heading.textContent }));
    }
    tile.element.dataset.side = side(tile);
    if (tile.frame) tile.frame.title = `${say(tile.back ? "answer" : "question")}: ${tile.heading.textContent}`;
  }

  // A frame cannot open pages, so the links of a card stand beside it.
  function links(card) {
    const both = html(card, card.front + card.back.replaceAll(FRONT, ""));
    const found = /<a\s/i.test(both) ? [...parsed(both).querySelectorAll("a[href]")] : [];
    const good = found.filter((one) => /^https?:\/\//i.test(one.getAttribute("href")));
    const by = new Map(good.map((one) => [one.getAttribute("href"), one.textContent.trim()]));
    return [...by].flatMap(([href, text]) => [make("a", { href, textContent: text || href, target: "_blank", rel: "noopener noreferrer" }), " "]);
  }

  const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

  // Only tiles near the window have a frame. Frames are costly: they are made and taken away while
  // the page stands still, one after the other, those in sight first.
  const STILL = 100; // milliseconds
  const touched = new Set();
  let pause = 0;
  let moved = -STILL;
  const watcher = new IntersectionObserver((entries) => {
    for (const { target: { tile }, isIntersecting } of entries) {
      tile.near = isIntersecting;
      touched.add(tile);
    }
    wait(performance.now() - moved < STILL ? STILL : 0);
  }, { rootMargin: "500px 0px" });
  addEventListener("scroll", () => {
    moved = performance.now();
    if (touched.size) wait(STILL);
  }, { passive: true });

  function wait(time) {
    clearTimeout(pause);
    pause = setTimeout(frameNext, time);
  }

  function frameNext() {
    let next = null;
    let least = Infinity;
    for (const tile of touched) {
      if (tile.near && !tile.frame && tile.element.isConnected) {
        const { top, bottom } = tile.screen.getBoundingClientRect();
        const away = Math.abs(top + bottom - innerHeight);
        if (away < least) [next, least] = [tile, away];
      } else {
        if (!tile.near) unframe(tile);
        touched.delete(tile);
      }
    }
    if (next) frame(next);
    if (touched.size) wait(0);
  }

  function frame(tile) {
    furnish(tile);
    tile.frame = make("iframe", { src: "frame.html" });
    tile.frame.setAttribute("sandbox", "allow-scripts");
    tile.ready = false;
    labelFlip(tile);
    tile.screen.replaceChildren(tile.frame);
    frames.set(tile.frame.contentWindow, tile);
  }

  function unframe(tile) {
    if (!tile.frame) return;
    frames.delete(tile.frame.contentWindow);
    tile.frame.remove();
    tile.frame = null;
    delete tile.element.dataset.painted;
  }

  async function paint(tile) {
    if (!tile.frame || !tile.ready) return;
    const { card, back, frame: target } = tile;
    const what = `${side(tile)} ${tile.told.length} ${Math.random()}`;
    tile.what = what;
    const data = Object.fromEntries(await Promise.all(card.media.map(async (name) => [name, await load(name)])));
    if (tile.frame !== target || tile.what !== what) return;
    target.contentWindow.postMessage({
      what, html: html(card, back ? card.back : card.front), css: deck.types[card.type].css, number: card.number, answer: back, media: data,
      night: state.theme === "night", mobile: state.device !== "desktop", language: deck.language,
      title: target.title,
    }, "*");
  }

  function load(name) {
    if (!media.has(name)) media.set(name, new Promise((resolve) => {
      arrived.set(name, resolve);
      document.head.append(make("script", { src: `media/${name}.js`, onerror: () => resolve("") }));
    }));
    return media.get(name);
  }

  addEventListener("message", (event) => {
    const tile = frames.get(event.source);
    if (!tile || !event.data) return;
    const { kartu: told, key, what } = event.data;
    if (told === "ready") {
      tile.ready = true;
      paint(tile);
    } else if (told === "painted" && what === tile.what) {
      tile.element.dataset.painted = side(tile);
      root.dataset.painted = String(Date.now());
    } else if (told === "tap") flip(tile);
    else if (told === "key") press(String(key), tile);
  });

  function flip(tile, back = !tile.back) {
    tile.back = back;
    delete tile.element.dataset.painted;
    labelFlip(tile);
    paint(tile);
    if (state.view === "one" && tile.key === state.card) {
      state.side = side(tile);
      writeAddress(false);
      $("state").textContent = `${say(back ? "answer" : "question")}: ${back ? tile.card.answers : tile.card.asks}`;
    }
  }

  // Search: all of the words, without regard to case and accents.
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  function matches(tile, wanted) {
    const { card } = tile;
    const said = state.said ? about(card) : [];
    if (state.subdeck && card.subdeck !== state.subdeck) return false;
    if (state.type && deck.types[card.type].id !== state.type) return false;
    if (state.tag && !card.tags.includes(state.tag)) return false;
    if (state.edition && !card.editions.includes(Number(state.edition))) return false;
    if (state.said === "any" ? !said.length : state.said === "errors" ? !said.some((one) => one.severity === "error")
      : state.said && !said.some((one) => one.code === state.said)) return false;
    if (!wanted.length) return true;
    if (tile.searchedIn !== tile.told) {
      tile.searchedIn = tile.told;
      tile.text = folded([card.asks, card.answers, card.note, card.place, ...card.tags].join("\n"));
    }
    return wanted.every((word) => tile.text.includes(word));
  }

  function filter() {
    const wanted = folded(state.search).split(/\s+/).filter(Boolean);
    shown = [];
    if (deck?.there) for (const card of deck.cards) {
      const tile = tiles.get(keyOf(card));
      const hidden = !matches(tile, wanted);
      if (tile.element.hidden !== hidden) tile.element.hidden = hidden;
      if (!hidden) shown.push(tile);
    }
    const one = state.view === "one";
    if (one && shown.length && !shown.some((tile) => tile.key === state.card)) {
      const note = state.card.slice(0, state.card.lastIndexOf("."));
      state.card = (shown.find((tile) => tile.card.note === note) || shown[0]).key;
      writeAddress(false);
    }
    const current = shown.findIndex((tile) => tile.key === state.card);
    for (const tile of tiles.values()) tile.element.classList.toggle("current", one && tile.key === state.card);
    if (one && current >= 0) furnish(shown[current]);
    if (one && current >= 0 && shown[current].back !== (state.side === "back")) flip(shown[current], state.side === "back");
    document.querySelector(".keys").hidden = !deck?.there;
    $("steps").hidden = !one || !shown.length;
    $("previous").disabled = current <= 0;
    $("next").disabled = current >= shown.length - 1;
    $("where").textContent = say("where", { number: current + 1, all: shown.length });
    $("nothing").hidden = shown.length > 0 || !deck?.there;
    $("state").textContent = deck?.there ? say("count", { shown: shown.length, all: deck.cards.length }) : "";
  }

  // Frames have the width of the device; the tile shows them as small as it must.
  function fit() {
    const tile = state.view === "one" ? shown.find((one) => one.key === state.card) : shown[0];
    if (!tile) return;
    const width = tile.screen.parentElement.clientWidth;
    $("list").style.setProperty("--scale", Math.min(1, width / WIDTHS[state.device] || 1));
    $("list").style.setProperty("--width", `${WIDTHS[state.device]}px`);
  }

  function step(by, from) {
    const key = from ? from.key : state.view === "one" ? state.card : "";
    const at = shown.findIndex((tile) => tile.key === key);
    const next = shown[Math.max(0, Math.min(shown.length - 1, at + by))];
    if (!next) return;
    furnish(next);
    if (state.view === "one") change({ card: next.key, side: "front" });
    next.flip.focus();
    if (state.view === "grid") next.element.scrollIntoView({ block: "nearest" });
  }

  function press(key, tile) {
    const current = tile || (state.view === "one" ? tiles.get(state.card) : null);
    if (key === "Escape" && state.view === "one") {
      const back = tiles.get(state.card);
      change({ view: "grid" });
      back?.element.scrollIntoView({ block: "center" });
      back?.open.focus();
    } else if (key === " " && current) flip(current);
    else if (key === "ArrowRight") step(1, current);
    else if (key === "ArrowLeft") step(-1, current);
    else return false;
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const typing = event.target.closest("input, select, textarea");
    if (typing || (event.key === " " && event.target.closest("button, a, summary"))) return;
    const tile = event.target.closest(".tile")?.querySelector(".screen").tile;
    if (press(event.key, tile)) event.preventDefault();
  });

  // Paper: words, lists, tables and pictures of the chosen cards; no markup of theirs is taken over.
  const KEPT = new Set("P UL OL LI TABLE THEAD TBODY TR TD TH B STRONG I EM U S SUB SUP BR RUBY RT RP BLOCKQUOTE CODE PRE DL DT DD".split(" "));
  const LEFT_OUT = new Set("SCRIPT STYLE TEMPLATE IFRAME OBJECT EMBED INPUT BUTTON SELECT TEXTAREA AUDIO VIDEO CANVAS SVG HEADER HEAD HR".split(" "));

  const MATHML = "http://www.w3.org/1998/Math/MathML";

  function copyMaths(from) {
    const copied = document.createElementNS(MATHML, from.localName);
    if (from.localName === "math") copied.setAttribute("display", from.getAttribute("display") || "inline");
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) copied.append(node.data);
      else if (node.namespaceURI === MATHML) copied.append(copyMaths(node));
    }
    return copied;
  }

  function copyPlain(from, to, pictures) {
    for (const node of from.childNodes) {
      const name = node.nodeName.toUpperCase();
      if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
      if (node.nodeType !== Node.ELEMENT_NODE || LEFT_OUT.has(name) || node.hidden) continue;
      if (name === "IMG") {
        const picture = make("img", { alt: node.alt });
        pictures.push(load(node.getAttribute("src") || "").then((data) => { if (data) picture.src = data; }));
        to.append(picture);
        continue;
      }
      if (node.namespaceURI === MATHML) {
        to.append(copyMaths(node));
        continue;
      }
      const block = /^(DIV|SECTION|ARTICLE|ASIDE|FOOTER|FIGURE|FIGCAPTION|H\d)$/.test(name);
      const copied = make(KEPT.has(name) ? name : block ? "div" : node.classList.contains("cloze") ? "b" : "span", {});
      copied.className = /^H\d$/.test(name) ? "term" : name === "FOOTER" ? "fine" : "";
      copyPlain(node, copied, pictures);
      if (copied.childNodes.length || name === "BR") to.append(copied);
    }
  }

  function handout() {
    const pictures = [];
    const sheet = [];
    let subdeck = null;
    for (const { card } of shown) {
      if (card.subdeck !== subdeck) sheet.push(make("h2", { textContent: subdeck = card.subdeck }));
      const ask = make("div", { className: "ask" });
      const answer = make("div", { className: "reply" });
      const body = (text) => parsed(html(card, text).replace(/\[sound:[^\]]*\]|\[anki:tts[^]*?\[\/anki:tts\]/g, "")).body;
      copyPlain(body(card.front), ask, pictures);
      copyPlain(body(card.back.replaceAll(FRONT, "")), answer, pictures);
      sheet.push(make("div", { className: "pair" }, ask, answer));
    }
    $("handout").lang = deck ? deck.language : "";
    $("handout").replaceChildren(...sheet);
    return Promise.all(pictures);
  }

  addEventListener("beforeprint", handout);
  addEventListener("afterprint", () => $("handout").replaceChildren());
  addEventListener("popstate", () => { readAddress(); render(); });
  new ResizeObserver(fit).observe($("list"));
  document.querySelector(".settings").open = matchMedia("(min-width: 48rem)").matches;

  $("search").addEventListener("input", () => change({ search: $("search").value }));
  for (const key of CHOICES) $(key).addEventListener("change", () => change({ [key]: $(key).value }));
  $("deck").addEventListener("change", () => {
    const { view, theme, device } = state;
    change({ ...defaults(), view, theme, device, deck: $("deck").value }, true);
  });
  for (const input of document.querySelectorAll("input[type=radio]")) input.addEventListener("change", () => {
    const first = shown.find((tile) => tile.near) || shown[0];
    change({ [input.name]: input.value, ...(input.value === "one" && !state.card ? { card: first?.key || "" } : {}) });
  });
  $("flip-all").addEventListener("click", () => {
    const back = shown.some((tile) => !tile.back);
    for (const tile of shown) flip(tile, back);
  });
  $("clear").addEventListener("click", () => change({ search: "", subdeck: "", type: "", tag: "", edition: "", said: "" }));
  $("print").addEventListener("click", async () => { await handout(); print(); });
  $("language").addEventListener("click", () => {
    speak(root.lang === "id" ? "en" : "id");
    try { localStorage.setItem("kartu-language", root.lang); } catch { /* then it is asked again */ }
    render();
  });
  $("previous").addEventListener("click", () => step(-1));
  $("next").addEventListener("click", () => step(1));
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    $("cards").focus();
  });

  if (live) {
    let events = null;
    let lost = false;
    const listen = () => {
      events?.close();
      events = null;
      if (document.hidden) return; // browsers keep few connections for all tabs of an address
      events = new EventSource("events");
      events.onmessage = ({ data }) => {
        if (!lost && data === String(content.build)) return;
        lost = false;
        document.head.append(make("script", { src: `cards.js?${encodeURIComponent(data)}`, onload() { this.remove(); } }));
      };
      events.onerror = () => {
        lost = true;
        $("state").textContent = say("lost");
      };
    };
    document.addEventListener("visibilitychange", listen);
    listen();
  }

  return { show, deck: receive, media: (name, data) => arrived.get(name)?.(data) };
})();
