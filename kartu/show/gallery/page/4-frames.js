// Only tiles near the viewport have a frame. Frames are expensive: they are added and removed while
// the page is not scrolled, one after the other, those in sight first.
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
  complete(tile);
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
  const what = `${side(tile)} ${tile.fingerprint.length} ${Math.random()}`;
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
    resolvers.set(name, resolve);
    document.head.append(make("script", { src: `media/${name}.js`, onerror: () => resolve("") }));
  }));
  return media.get(name);
}

addEventListener("message", (event) => {
  const tile = frames.get(event.source);
  if (!tile || !event.data) return;
  const { kartu: message, key, what } = event.data;
  if (message === "ready") {
    tile.ready = true;
    paint(tile);
  } else if (message === "painted" && what === tile.what) {
    tile.element.dataset.painted = side(tile);
    root.dataset.painted = String(Date.now());
  } else if (message === "tap") flip(tile);
  else if (message === "key") press(String(key), tile);
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
