// A tile for each card: its heading, buttons, links and source; the card itself is in its frame.

const keyOf = (card) => `${card.note}.${card.number}`;

// Arranges the tiles of the deck; moving or replacing one without need would reload its frame.
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
    const fingerprint = JSON.stringify([card, deck.stale, diagnosticsOf(card)]);
    const type = deck.types[card.type].fingerprint;
    let tile = tiles.get(key);
    if (!tile) tiles.set(key, tile = newTile(key));
    tile.card = card;
    if (tile.fingerprint !== fingerprint || tile.type !== type) {
      Object.assign(tile, { fingerprint, type });
      label(tile);
      paint(tile);
    }
    if (tile.element === at) at = at.nextElementSibling;
    else list.insertBefore(tile.element, at);
  }
  completeRest();
}

// Whatever a tile has besides its heading and its card is added when idle, or when needed.
function completeRest() {
  clearTimeout(completion);
  const end = performance.now() + 8;
  let count = 0;
  for (const tile of tiles.values()) {
    count += 1;
    if (tile.flip) continue;
    if (count > FIRST_TILES && performance.now() > end) {
      completion = setTimeout(completeRest, 0);
      return;
    }
    complete(tile);
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

function complete(tile) {
  if (tile.flip) return;
  tile.badges = make("p", { className: "badges" });
  tile.flip = make("button", { type: "button", className: "flip" });
  tile.open = make("button", { type: "button", className: "open" });
  tile.source = make("p", { className: "source" });
  tile.links = make("p", { className: "links" });
  tile.diagnostics = make("ul", { className: "diagnostics" });
  tile.screen.before(tile.badges, tile.diagnostics, make("p", { className: "actions" }, tile.flip, tile.open), ...(editor ? [tile.source] : []));
  tile.screen.after(...(editor ? [] : [tile.source]), tile.links);
  tile.flip.addEventListener("click", () => flip(tile));
  tile.open.addEventListener("click", () => change({ view: "one", card: tile.key, side: side(tile) }, true));
  label(tile);
}

const side = (tile) => (tile.back ? "back" : "front");

// A note type by its folder, as diagnostics name it.
const folderOf = (type) => type.folder || type.id;

// The diagnostics of a card's note and note type; an id of a note has no space.
function diagnosticsOf(card) {
  if (problems.all !== content.diagnostics) {
    problems = { of: new Map(), all: content.diagnostics };
    for (const one of content.diagnostics) {
      const what = one.type ? `type ${one.type}` : `${one.deck} ${one.note}`;
      problems.of.set(what, [...(problems.of.get(what) || []), one]);
    }
  }
  const found = (what) => problems.of.get(what) || [];
  return [...found(`${deck.deck} ${card.note}`), ...found(`type ${folderOf(deck.types[card.type])}`)];
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
  tile.source.hidden = !card.place;
  if (card.place) tile.source.replaceChildren(...(editor ? [editLink(card)] : [place(card.place), " ", copyButton(card.place)]));
  tile.diagnostics.replaceChildren(...diagnosticsOf(card).map((one) => make("li", { className: one.severity },
    make("strong", { textContent: say(one.severity) }), ` ${one.message}`)));
  tile.diagnostics.hidden = !tile.diagnostics.children.length;
  tile.links.replaceChildren(...links(card));
  labelFlip(tile);
}

// To the card in the editor, of whose page this one is a part.
function editLink(card) {
  const link = make("a", { className: "edit", href: `/#${new URLSearchParams({ deck: deck.deck, note: card.note })}`, textContent: say("edit") });
  link.setAttribute("aria-label", `${say("edit")}: ${card.asks || card.note}`);
  return link;
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

// A frame cannot open pages, so the links of a card are repeated next to it.
function links(card) {
  const both = html(card, card.front + card.back.replaceAll(FRONT, ""));
  const found = /<a\s/i.test(both) ? [...parsed(both).querySelectorAll("a[href]")] : [];
  const good = found.filter((one) => /^https?:\/\//i.test(one.getAttribute("href")));
  const by = new Map(good.map((one) => [one.getAttribute("href"), one.textContent.trim()]));
  return [...by].flatMap(([href, text]) => [make("a", { href, textContent: text || href, target: "_blank", rel: "noopener noreferrer" }), " "]);
}

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
