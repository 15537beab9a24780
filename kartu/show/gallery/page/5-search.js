// Search: all of the words, ignoring case and accents.
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function matches(tile, wanted) {
  const { card } = tile;
  const diagnostics = state.diagnostic ? diagnosticsOf(card) : [];
  if (state.subdeck && card.subdeck !== state.subdeck) return false;
  if (state.type && deck.types[card.type].id !== state.type) return false;
  if (state.tag && !card.tags.includes(state.tag)) return false;
  if (state.edition && !card.editions.includes(Number(state.edition))) return false;
  if (state.diagnostic === "any" ? !diagnostics.length : state.diagnostic === "errors" ? !diagnostics.some((one) => one.severity === "error")
    : state.diagnostic && !diagnostics.some((one) => one.code === state.diagnostic)) return false;
  if (!wanted.length) return true;
  if (tile.searchedIn !== tile.fingerprint) {
    tile.searchedIn = tile.fingerprint;
    tile.text = folded([card.asks, card.answers, card.note, card.place, ...card.tags].join("\n"));
  }
  return wanted.every((word) => tile.text.includes(word));
}

function filter() {
  const wanted = folded(state.search).split(/\s+/).filter(Boolean);
  shown = [];
  if (deck?.loaded) for (const card of deck.cards) {
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
  if (one && current >= 0) complete(shown[current]);
  if (one && current >= 0 && shown[current].back !== (state.side === "back")) flip(shown[current], state.side === "back");
  document.querySelector(".keys").hidden = !deck?.loaded;
  $("steps").hidden = !one || !shown.length;
  $("previous").disabled = current <= 0;
  $("next").disabled = current >= shown.length - 1;
  $("where").textContent = say("where", { number: current + 1, all: shown.length });
  $("nothing").hidden = shown.length > 0 || !deck?.loaded;
  $("state").textContent = deck?.loaded ? say("count", { shown: shown.length, all: deck.cards.length }) : "";
}

// Frames have the width of the device; the tile scales them down to fit.
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
  complete(next);
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
