// A picture with its covers: drawn, moved, sized and joined by mouse, touch and keyboard; below it
// what is under each of them. Every cover is a button over the picture.

const STEP = 0.01, FINE_STEP = 0.002; // of the picture, with the arrow keys
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const drawing = { shape: "rect", see: true }; // as it was chosen last

function coversEditor(part, values, report) {
  const { shapes, picture, words: words_ } = part.covers;
  const own = { part, report, shapes, picture, words: words_, pieces: [], names: [], now: {}, at: -1, joining: false, hideAll: true, used: 0, drag: null, stage: null };
  own.element = make("div", { className: "pictured covered" });
  own.element.addEventListener("keydown", (event) => keyOnCovers(own, event));
  const take = (file) => {
    own.now = { ...own.now, file };
    report({ [picture]: own.now });
    drawCovers(own);
    own.element.querySelector("[data-line=alt]")?.focus();
  };
  own.take = take;
  const set = (all) => {
    if (own.drag) return;
    const given = all[picture] || {};
    const now = typeof given === "string" ? { file: given } : given;
    const [text, names] = [plain(all[shapes]), words_ ? plain(all[words_]) : ""];
    const isSame = own.drawn && same(now, own.now) && text === textOfPieces(own.pieces) && names === textOfPieces(own.names);
    if (isSame) return;
    const again = own.drawn && same(now, own.now);
    Object.assign(own, { drawn: true, now: clone(now), pieces: piecesOfCovers(text), names: piecesOfWords(names) });
    const covers = coversOf(own);
    own.used = Math.max(own.used, 0, ...covers.map((one) => one.n), ...own.names.filter(isCover).map((one) => one.n));
    if (covers.length) own.hideAll = covers.every(hidesAll) ? true : covers.some(hidesAll) ? null : false;
    own.at = Math.min(own.at, covers.length - 1);
    if (again) drawAgain(own);
    else drawCovers(own);
  };
  set(values);
  const focus = (key) => (own.element.querySelector(key === picture ? "[data-line=alt]" : ".mask") ?? own.element.querySelector("button")).focus();
  return { element: own.element, focus, takeFile: take, set };
}

const coversOf = (own) => own.pieces.filter(isCover);
const coverName = (own, { n }) => [say("coverN", { n: number(n) }), wordOf(own.names, n)].filter(Boolean).join(", ");

// What was done with the covers is reported with the words, as one edit.
function sendCovers(own, pieces, names = own.names, { now = true } = {}) {
  Object.assign(own, { pieces, names });
  own.used = Math.max(own.used, 0, ...coversOf(own).map((one) => one.n));
  own.report({ [own.shapes]: textOfPieces(pieces), ...(own.words ? { [own.words]: textOfPieces(names) } : {}) });
  if (now && form) saveForm(form); // each is an edit of its own, to be undone alone
}

// A number that no card has, or had: students keep what they learnt under it.
function freeNumber(own) {
  const taken = new Set(coversOf(own).map((one) => one.n));
  let n = form?.note.published ? own.used + 1 : 1;
  while (taken.has(n)) n += 1;
  return n;
}

// --- drawn ----------------------------------------------------------------------------------------

function drawCovers(own) {
  const { element, now } = own;
  const choice_ = fileChoice("image", PICTURES, own.take);
  own.stage = null;
  if (!now.file) {
    const place = make("div", { className: "drop" }, icon("picture"), make("p", {}, say("dropPicture")));
    place.addEventListener("click", () => choice_.querySelector("span button").click()); // as the button below
    return element.replaceChildren(place, choice_);
  }
  const send = (changes) => {
    own.now = { ...own.now, ...changes };
    own.report({ [own.picture]: own.now.file ? Object.fromEntries(Object.entries(own.now).filter(([, text]) => text)) : "" });
  };
  choice_.append(button(say("takeAway"), () => { own.now = {}; send({ file: "" }); drawCovers(own); element.querySelector("button").focus(); }, { kind: "bare" }));
  const keys = make("details", {}, make("summary", {}, say("coverKeysTitle")), make("p", { className: "quiet", id: newId() }, say("coverKeys")));
  own.stage = stageOf(own, keys.lastChild.id);
  own.list = make("div", { className: "cover-list" });
  own.hiding = make("div");
  element.replaceChildren(coverTools(own), make("div", { className: "easel" }, own.stage), keys, own.list, own.hiding, ...linesOf(own.now, send), aboutFile(now.file), choice_);
  drawAgain(own);
}

function coverTools(own) {
  const tool = (text, drawing_, pressed, act) => {
    const one = button(text, () => { act(); for (const [other, is] of tools) other.ariaPressed = String(is()); }, { kind: "bare", drawing: drawing_ });
    tools.push([one, pressed]);
    one.ariaPressed = String(pressed());
    return one;
  };
  const tools = [];
  own.tools = tools;
  const row = make("div", { className: "cover-tools", attributes: { role: "group", "aria-label": say("coverTools") } },
    tool(say("coverRect"), "box", () => drawing.shape === "rect", () => { drawing.shape = "rect"; }),
    tool(say("coverEllipse"), "round", () => drawing.shape === "ellipse", () => { drawing.shape = "ellipse"; }),
    tool(say("coverSee"), "see", () => drawing.see, () => { drawing.see = !drawing.see; own.stage.classList.toggle("see", drawing.see); }),
    tool(say("coverJoin"), "join", () => own.joining, () => joinMode(own, !own.joining)));
  row.append(button(say("coverNew"), () => addCover(own), { kind: "bare", drawing: "plus" }));
  return row;
}

function stageOf(own, keys) {
  const picture = make("img", { alt: own.now.alt ?? "", draggable: false });
  const stage = make("div", { className: `stage ${drawing.see ? "see" : ""}`, tabIndex: -1, attributes: { role: "group", "aria-label": say("coverStage"), "aria-describedby": keys } }, picture, make("div", { className: "masks" }));
  picture.addEventListener("load", () => { // as large as the form and the window let it be
    stage.style.width = `min(100%, ${(70 * picture.naturalWidth / (picture.naturalHeight || 1)).toFixed(2)}vh)`;
    root.dataset.staged = own.now.file;
  });
  findFile(own.now.file).then((found) => { if (found) picture.src = addressOf(found); });
  stage.addEventListener("pointerdown", (event) => beginDrag(own, event));
  stage.addEventListener("pointermove", (event) => drag(own, event));
  stage.addEventListener("pointerup", () => endDrag(own));
  stage.addEventListener("pointercancel", () => cancelDrag(own));
  stage.addEventListener("lostpointercapture", () => { if (own.drag) cancelDrag(own); });
  return stage;
}

// Everything that depends on the covers; what has the focus keeps it.
function drawAgain(own) {
  if (!own.stage) return;
  const { activeElement: active } = document;
  const kept = own.element.contains(active) ? [active.closest("[data-at]")?.dataset.at, active.tagName] : null;
  const covers = coversOf(own);
  own.stage.querySelector(".masks").replaceChildren(...covers.map((cover, at) => maskOf(own, cover, at)));
  own.list.replaceChildren(...coverRows(own, covers));
  own.hiding.replaceChildren(...(covers.length ? hidingOf(own) : []));
  select(own, own.at);
  if (kept?.[0] === undefined || document.activeElement === active) return;
  const same_ = [...own.element.querySelectorAll(`[data-at="${kept[0]}"]`)].flatMap((one) => [one, ...one.querySelectorAll("input, select, button")]).find((one) => one.tagName === kept[1]);
  (same_ ?? own.stage).focus({ preventScroll: true });
}

function maskOf(own, cover, at) {
  const mask = make("button", { type: "button", className: `mask ${cover.shape}`, data: { at } }, make("i", { className: "body" }), make("span", { ariaHidden: "true" }, number(cover.n)));
  if (cover.shape === "polygon") {
    const corners = cornersOf(cover);
    const [x, y] = [0, 1].map((axis) => corners.map((corner) => corner[axis]));
    const share = (value, all) => `${(100 * (value - Math.min(...all)) / (Math.max(...all) - Math.min(...all))).toFixed(2)}%`;
    mask.firstChild.style.clipPath = `polygon(${corners.map(([across, down]) => `${share(across, x)} ${share(down, y)}`).join(", ")})`;
  }
  const angle = numberIn(cover, "angle");
  if (angle) mask.style.rotate = `${angle * 0.036}deg`; // ten-thousandths of a turn, about the upper left corner
  mask.addEventListener("focus", () => select(own, at));
  mask.addEventListener("click", (event) => { if (!event.detail) pressMask(own, at); }); // by a key, or by what reads the screen
  placeMask(own, mask, cover, boxOf(cover));
  return mask;
}

function placeMask(own, mask, cover, { left, top, width, height }) {
  const share = (value) => `${(100 * value).toFixed(3)}%`;
  Object.assign(mask.style, { left: share(left), top: share(top), width: share(width), height: share(height) });
  mask.ariaLabel = coverName(own, cover);
  mask.setAttribute("aria-description", placeOf({ left, top, width, height }));
}

const percent = (share) => number(Math.round(1000 * share) / 10);
const placeOf = (box) => say("coverPlace", Object.fromEntries(Object.entries(box).map(([key, share]) => [key, percent(share)])));

// The chosen cover has handles, and its card is the one that is displayed.
function select(own, at) {
  own.at = at;
  const masks = [...own.stage.querySelectorAll(".mask")];
  for (const handle of own.stage.querySelectorAll("[data-edge]")) handle.remove();
  masks.forEach((mask, place) => {
    mask.ariaPressed = String(place === at);
    if (place === at) for (const edge of ["nw", "ne", "sw", "se"]) mask.append(make("i", { data: { edge } }));
  });
  for (const one of own.list.querySelectorAll("li")) one.classList.toggle("now", Number(one.dataset.at) === at);
  const cover = coversOf(own)[at];
  const place = cover ? shown.cards.findIndex((card) => card.number === cover.n) : -1;
  if (place >= 0 && place !== look.at) {
    look.at = place;
    displayLook();
  }
}

// --- what is under them ---------------------------------------------------------------------------

function coverRows(own, covers) {
  const others = own.pieces.some((one) => typeof one === "string" && one.trim());
  const title = make("p", { className: "label", id: newId() }, say("underCovers"));
  if (!covers.length) return [make("p", { className: "help" }, say("coverFirst")), others ? make("p", { className: "help" }, say("otherCovers")) : ""];
  const list = make("ol", { attributes: { "aria-labelledby": title.id } }, ...covers.map((cover, at) => coverRow(own, covers, cover, at)));
  return [title, own.words ? make("p", { className: "help" }, say("underCoversHelp")) : "", list, others ? make("p", { className: "help" }, say("otherCovers")) : ""];
}

function coverRow(own, covers, cover, at) {
  const first = covers.findIndex((one) => one.n === cover.n) === at;
  const numbers = [...new Set([...covers.map((one) => one.n), freeNumber(own)])].sort((one, other) => one - other);
  const which = choice(numbers.map((n) => [String(n), number(n)]), String(cover.n));
  which.ariaLabel = say("coverNumber", { name: coverName(own, cover) });
  which.addEventListener("change", () => joinTo(own, at, Number(which.value)));
  const input = make("input", { type: "text", value: wordOf(own.names, cover.n), autocomplete: "off", lang: desk.deck?.language ?? "", ariaLabel: say("coverWord", { n: number(cover.n) }) });
  input.addEventListener("input", () => {
    sendCovers(own, own.pieces, withWord(own.names, cover.n, input.value), { now: false });
    for (const [place, mask] of own.stage.querySelectorAll(".mask").entries()) mask.ariaLabel = coverName(own, covers[place]);
  });
  const middle = first && own.words ? input : make("span", { className: "quiet" }, first ? "" : say("coverJoined", { n: number(cover.n) }));
  const remove = button("", () => removeCover(own, at), { kind: "bare icon", drawing: "cross", label: say("coverRemove", { name: coverName(own, cover) }) });
  const row_ = make("li", { data: { at } }, which, middle, remove);
  row_.addEventListener("focusin", () => select(own, at));
  return row_;
}

function hidingOf(own) {
  const group = newId(), title = newId();
  const radio = (all) => {
    const input = make("input", { type: "radio", name: group, checked: own.hideAll === all });
    input.addEventListener("change", () => {
      own.hideAll = all;
      sendCovers(own, own.pieces.map((one) => isCover(one) ? withHiding(one, all) : one));
    });
    return make("label", { className: "choice" }, input, say(all ? "hideAll" : "hideOne"));
  };
  return [make("p", { className: "label", id: title }, say("hiding")), make("div", { attributes: { role: "radiogroup", "aria-labelledby": title } }, radio(true), radio(false))];
}
