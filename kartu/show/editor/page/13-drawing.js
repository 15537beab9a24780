// How covers are drawn, moved and sized: by a pointer that is pressed, or by keys.

const NEAR = { block: "nearest", inline: "nearest" }; // no further than until it is seen
const inside = (value, least, most) => Math.min(Math.max(value, least), Math.max(least, most));

function shareAt(own, { clientX, clientY }) {
  const { left, top, width, height } = own.stage.getBoundingClientRect();
  return { x: inside((clientX - left) / width, 0, 1), y: inside((clientY - top) / height, 0, 1) };
}

function beginDrag(own, event) {
  if (event.button) return;
  if (own.drag) return cancelDrag(own); // a second finger: the picture is made larger
  event.preventDefault();
  const mask = event.target.closest(".mask");
  const at = mask ? Number(mask.dataset.at) : -1;
  if (mask && own.joining) return pressMask(own, at);
  const edge = event.target.dataset.edge ?? "";
  own.stage.setPointerCapture(event.pointerId);
  const ghost = mask ?? make("i", { className: `mask ghost ${drawing.shape}` });
  if (!mask) own.stage.querySelector(".masks").append(ghost);
  const cover = coversOf(own)[at];
  own.drag = { at, edge, ghost, cover, begin: shareAt(own, event), x: event.clientX, y: event.clientY, far: false, box: cover ? boxOf(cover) : null };
  (mask ?? own.stage).focus({ preventScroll: true });
  if (!mask) select(own, -1);
}

function drag(own, event) {
  const now = own.drag;
  if (!now) return;
  now.far ||= Math.hypot(event.clientX - now.x, event.clientY - now.y) > 3;
  if (!now.far) return;
  const { x, y } = shareAt(own, event);
  now.box = now.at < 0 ? between(now.begin, { x, y }) : now.edge ? sized(boxOf(now.cover), now.edge, x - now.begin.x, y - now.begin.y) : moved(boxOf(now.cover), x - now.begin.x, y - now.begin.y);
  const share = (value) => `${(100 * value).toFixed(3)}%`;
  Object.assign(now.ghost.style, { left: share(now.box.left), top: share(now.box.top), width: share(now.box.width), height: share(now.box.height) });
}

function endDrag(own) {
  const now = own.drag;
  if (!now) return;
  own.drag = null;
  if (now.at < 0) {
    now.ghost.remove();
    if (now.far && now.box.width >= LEAST && now.box.height >= LEAST) addCover(own, now.box);
  } else if (now.far) changeCover(own, now.at, now.box, { now: true });
}

function cancelDrag(own) {
  const now = own.drag;
  own.drag = null;
  if (!now) return;
  if (now.at < 0) now.ghost.remove();
  drawAgain(own);
}

const between = (one, other) => ({ left: Math.min(one.x, other.x), top: Math.min(one.y, other.y), width: Math.abs(one.x - other.x), height: Math.abs(one.y - other.y) });
const moved = (box, x, y) => ({ ...box, left: inside(box.left + x, 0, 1 - box.width), top: inside(box.top + y, 0, 1 - box.height) });

// The box with one of its corners elsewhere; the opposite one stays.
function sized({ left, top, width, height }, edge, x, y) {
  let [right, bottom] = [left + width, top + height];
  if (edge.includes("w")) left = inside(left + x, 0, right - LEAST);
  if (edge.includes("e")) right = inside(right + x, left + LEAST, 1);
  if (edge.includes("n")) top = inside(top + y, 0, bottom - LEAST);
  if (edge.includes("s")) bottom = inside(bottom + y, top + LEAST, 1);
  return { left, top, width: right - left, height: bottom - top };
}

function changeCover(own, at, box, { now = false } = {}) {
  const cover = coversOf(own)[at];
  const changed_ = placed(cover, box);
  sendCovers(own, replaced(own.pieces, cover, changed_), own.names, { now });
  placeMask(own, own.stage.querySelector(`.mask[data-at="${at}"]`), changed_, boxOf(changed_));
  announce(`${coverName(own, changed_)}: ${placeOf(boxOf(changed_))}`);
}

function addCover(own, box = newBox(own)) {
  const cover = newCover(freeNumber(own), drawing.shape, box, own.hideAll !== false);
  sendCovers(own, withPiece(own.pieces, cover));
  focusCover(own, coversOf(own).length - 1);
  announce(`${say("coverAdded", { n: number(cover.n) })} ${placeOf(box)}`);
}

// Everything anew, with the focus on one of the covers; without any, on the picture.
function focusCover(own, at) {
  own.at = at;
  drawAgain(own);
  const one = own.stage.querySelector(`.mask[data-at="${at}"]`) ?? own.stage;
  one.focus({ preventScroll: true });
  if (one !== own.stage) one.scrollIntoView(NEAR);
}

// In the middle, beside those that are there already.
function newBox(own) {
  const box = { left: 0.4, top: 0.45, width: 0.2, height: 0.1 };
  const there = coversOf(own).map(boxOf);
  while (there.some((one) => Math.abs(one.left - box.left) < 0.01 && Math.abs(one.top - box.top) < 0.01) && box.top < 0.85) Object.assign(box, { left: box.left + 0.02, top: box.top + 0.04 });
  return box;
}

function removeCover(own, at) {
  const cover = coversOf(own)[at];
  const pieces = withoutPiece(own.pieces, cover);
  const others = pieces.some((one) => isCover(one) && one.n === cover.n);
  sendCovers(own, pieces, others ? own.names : withWord(own.names, cover.n, ""));
  focusCover(own, Math.min(at, coversOf(own).length - 1));
  announce(say("coverRemoved", { n: number(cover.n) }));
}

// Covers of one number are on one card. A word that no cover has any more goes.
function joinTo(own, at, n) {
  const cover = coversOf(own)[at];
  const pieces = replaced(own.pieces, cover, withNumber(cover, n));
  const left_ = pieces.some((one) => isCover(one) && one.n === cover.n);
  const word = wordOf(own.names, cover.n);
  let names = left_ ? own.names : withWord(own.names, cover.n, "");
  if (!left_ && !wordOf(names, n)) names = withWord(names, n, word);
  own.at = at;
  sendCovers(own, pieces, names);
  drawAgain(own);
  announce(say("coverIs", { n: number(n) }));
}

function joinMode(own, on) {
  own.joining = on && coversOf(own).length > 1;
  own.joinWith = own.joining ? Math.max(own.at, 0) : -1;
  own.stage.classList.toggle("joining", own.joining);
  for (const [one, is] of own.tools) one.ariaPressed = String(is());
  announce(say(own.joining ? "coverJoinHelp" : on ? "coverJoinNone" : "coverJoinOff", { name: own.joining ? coverName(own, coversOf(own)[own.joinWith]) : "" }));
}

// A cover that is pressed: while joining it goes to the card of the chosen one, or leaves it; else
// its word is written.
function pressMask(own, at) {
  if (!own.joining) return own.list.querySelector(`li[data-at="${at}"] input`)?.focus();
  const covers = coversOf(own);
  const { n } = covers[own.joinWith];
  if (at === own.joinWith) return joinMode(own, false);
  joinTo(own, at, covers[at].n === n ? freeNumber(own) : n);
  own.stage.querySelector(`.mask[data-at="${at}"]`).focus({ preventScroll: true });
}

function keyOnCovers(own, event) {
  const over = event.target.closest(".stage");
  if (event.key === "Escape" && (own.drag || own.joining)) {
    if (own.drag) cancelDrag(own);
    else joinMode(own, false);
    return used(event);
  }
  if (!over || event.ctrlKey || event.metaKey) return;
  const at = Number(event.target.closest(".mask")?.dataset.at ?? -1);
  const by = ARROWS[event.key];
  if (event.key === "Escape") used(event); // closes nothing else
  else if (/^[nN]$/.test(event.key) && !event.altKey) used(event, () => addCover(own));
  else if (at < 0) return;
  else if (by) used(event, () => stepCover(own, at, by, event));
  else if (event.key === "Delete" || event.key === "Backspace") used(event, () => removeCover(own, at));
  else if (/^[gG]$/.test(event.key) && !event.altKey) used(event, () => { own.at = at; joinMode(own, !own.joining); });
}

function used(event, act) {
  event.preventDefault();
  event.stopPropagation();
  act?.();
}

function stepCover(own, at, [x, y], { shiftKey, altKey }) {
  const step_ = altKey ? FINE_STEP : STEP;
  const box = boxOf(coversOf(own)[at]);
  changeCover(own, at, shiftKey ? sized(box, "se", x * step_, y * step_) : moved(box, x * step_, y * step_));
  own.stage.querySelector(`.mask[data-at="${at}"]`).scrollIntoView(NEAR);
}
