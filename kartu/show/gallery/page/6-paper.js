// Paper: text, lists, tables and pictures of the selected cards, without their own markup.
const ALLOWED = new Set("P UL OL LI TABLE THEAD TBODY TR TD TH B STRONG I EM U S SUB SUP BR RUBY RT RP BLOCKQUOTE CODE PRE DL DT DD".split(" "));
const DROPPED = new Set("SCRIPT STYLE TEMPLATE IFRAME OBJECT EMBED INPUT BUTTON SELECT TEXTAREA AUDIO VIDEO CANVAS SVG HEADER HEAD HR".split(" "));

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
    if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(name) || node.hidden) continue;
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
    const copied = make(ALLOWED.has(name) ? name : block ? "div" : node.classList.contains("cloze") ? "b" : "span", {});
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
