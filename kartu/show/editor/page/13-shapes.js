// Covers of a picture, as Anki writes them, and back: an edit changes the numbers of one cover, and
// all else in the text stays as it is written, also what is no cover that can be drawn here.

const COVER = /\{\{c([1-9]\d*)::image-occlusion:(rect|ellipse|polygon)((?::[^:={}\\]+=(?:[^:{}\\]|\\[:\\])+)*):?(::[^{}]*)?\}\}/g;
const WORD = /\{\{c([1-9]\d*)::((?:(?!::)[^{}])*)(::[^{}]*)?\}\}/g;
const SIZES = { rect: ["width", "height"], ellipse: ["rx", "ry"] };
const LEAST = 0.01; // of a picture's width and height

// The parts of a text: strings, and what `make_` makes of each match.
function piecesOf(text, pattern, make_) {
  const pieces = [];
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    const made = make_(found);
    if (!made) continue;
    if (found.index > at) pieces.push(text.slice(at, found.index));
    pieces.push(made);
    at = found.index + found[0].length;
  }
  if (at < text.length) pieces.push(text.slice(at));
  return pieces;
}

const piecesOfCovers = (text) => piecesOf(text, COVER, ([written, n, shape, properties, tail = ""]) => {
  const values = properties.split(/:(?=[^:={}\\]+=)/).slice(1).map((one) => one.split(/=(.*)/s).slice(0, 2));
  const cover = { n: Number(n), shape, values, tail, written };
  return Object.values(boxOf(cover)).every(Number.isFinite) ? cover : null;
});
const piecesOfWords = (text) => piecesOf(text, WORD, ([written, n, word, tail = ""]) => ({ n: Number(n), word, tail, written }));
const isCover = (piece) => typeof piece !== "string";
const textOfPieces = (pieces) => pieces.map((one) => typeof one === "string" ? one : one.written).join("");

const valueIn = ({ values }, key) => values.find(([name]) => name === key)?.[1];
const numberIn = (cover, key) => Number.parseFloat(valueIn(cover, key));
const cornersOf = (cover) => (valueIn(cover, "points") ?? "").trim().split(/\s+/).map((pair) => pair.split(",").map(Number));

// Where a cover is, in shares of the picture's width and height.
function boxOf(cover) {
  const left = numberIn(cover, "left") || 0, top = numberIn(cover, "top") || 0;
  if (cover.shape === "polygon") {
    const corners = cornersOf(cover);
    const [across, down] = [0, 1].map((axis) => corners.map((corner) => corner[axis]));
    return { left, top, width: Math.max(...across) - Math.min(...across), height: Math.max(...down) - Math.min(...down) };
  }
  const [width, height] = SIZES[cover.shape].map((key) => numberIn(cover, key) * (cover.shape === "ellipse" ? 2 : 1));
  return { left, top, width, height };
}

const fraction = (share) => String(Number(share.toFixed(4)));

function withValue(values, key, text) {
  if (text === null) return values.filter(([name]) => name !== key);
  if (values.some(([name]) => name === key)) return values.map(([name, value]) => name === key ? [key, text] : [name, value]);
  const at = key === "oi" ? values.length : 0;
  return [...values.slice(0, at), [key, text], ...values.slice(at)];
}

function rewritten(cover) {
  const values = cover.values.map(([key, value]) => `:${key}=${value}`).join("");
  return { ...cover, written: `{{c${cover.n}::image-occlusion:${cover.shape}${values}${cover.tail}}}` };
}

// The cover in another place; only the numbers that change are written anew.
function placed(cover, box) {
  const before = boxOf(cover);
  const near = (key) => Math.abs(before[key] - box[key]) < 5e-5;
  let { values } = cover;
  for (const key of ["left", "top"]) if (!near(key)) values = withValue(values, key, fraction(box[key]));
  if (cover.shape === "polygon") {
    if (near("width") && near("height")) return rewritten({ ...cover, values });
    const corners = cornersOf(cover);
    const first = [0, 1].map((axis) => Math.min(...corners.map((corner) => corner[axis])));
    const scaled = corners.map(([x, y]) => [fraction(box.left + (x - first[0]) * box.width / before.width), fraction(box.top + (y - first[1]) * box.height / before.height)].join(","));
    return rewritten({ ...cover, values: withValue(values, "points", scaled.join(" ")) });
  }
  const half = cover.shape === "ellipse" ? 2 : 1;
  SIZES[cover.shape].forEach((key, at) => { if (!near(["width", "height"][at])) values = withValue(values, key, fraction(box[["width", "height"][at]] / half)); });
  return rewritten({ ...cover, values });
}

function newCover(n, shape, { left, top, width, height }, hideAll) {
  const half = shape === "ellipse" ? 2 : 1;
  const [across, down] = SIZES[shape];
  const values = [["left", fraction(left)], ["top", fraction(top)], [across, fraction(width / half)], [down, fraction(height / half)], ...(hideAll ? [["oi", "1"]] : [])];
  return rewritten({ n, shape, values, tail: "" });
}

const hidesAll = (cover) => valueIn(cover, "oi") === "1";
const withHiding = (cover, all) => hidesAll(cover) === all ? cover : rewritten({ ...cover, values: withValue(cover.values, "oi", all ? "1" : null) });
const withNumber = (cover, n) => rewritten({ ...cover, n });

// A piece more, behind the last one of its kind and as far from it as that one is from the one before.
function withPiece(pieces, piece) {
  const last = pieces.findLastIndex(isCover);
  if (last < 0) return [...pieces.filter((one) => typeof one !== "string" || one.trim()), piece];
  const gap = last > 1 && typeof pieces[last - 1] === "string" && !pieces[last - 1].trim() ? pieces[last - 1] : "\n";
  return [...pieces.slice(0, last + 1), gap, piece, ...pieces.slice(last + 1)];
}

function withoutPiece(pieces, piece) {
  const at = pieces.indexOf(piece);
  const space = (one) => typeof one === "string" && !one.trim();
  const [from, to] = at > 0 && space(pieces[at - 1]) ? [at - 1, at + 1] : [at, at + (space(pieces[at + 1]) ? 2 : 1)];
  return [...pieces.slice(0, from), ...pieces.slice(to)];
}

const replaced = (pieces, piece, other) => pieces.map((one) => one === piece ? other : one);

// The text of words with another word for a number; a blank one is taken away.
function withWord(pieces, n, text) {
  const word = text.replace(/[{}]/g, "").replaceAll("::", ":");
  const there = pieces.find((one) => isCover(one) && one.n === n);
  const piece = { n, word, tail: there?.tail ?? "", written: `{{c${n}::${word}${there?.tail ?? ""}}}` };
  if (!word.trim()) return there ? withoutPiece(pieces, there) : pieces;
  return there ? replaced(pieces, there, piece) : withPiece(pieces, piece);
}

const wordOf = (pieces, n) => pieces.find((one) => isCover(one) && one.n === n)?.word ?? "";
