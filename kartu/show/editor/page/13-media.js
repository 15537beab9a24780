// Pictures and sounds of a note: chosen among the deck's, or added from this computer.

const PICTURES = /\.(png|jpe?g|gif|webp|avif|svg)$/i;
const SOUNDS = /\.(mp3|ogg|oga|opus|wav|m4a|flac|mp4|webm)$/i;
const contents = new Map(); // token -> promise of a data: address

async function mediaOf() {
  desk.media ??= (async () => new Map(((await ask("media", { deck: desk.deck.id })) ?? []).map((one) => [one.name ?? one.file, one])))();
  return desk.media;
}

// A file of a field: among the deck's, or one that is drawn for its cards; there it has a name with
// a digest of what is in it.
async function findFile(file) {
  const [stem, ending] = [file.replace(/.*\/|\.[^.]*$/g, ""), file.split(".").pop()];
  const packed = `${stem.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60)}-`;
  const isPacked = (name) => name.startsWith(packed) && new RegExp(`^[0-9a-f]{16}\\.${ending}$`, "i").test(name.slice(packed.length));
  const own = Object.entries(shown.media).find(([name]) => name === file || isPacked(name));
  if (own) return { token: own[1] };
  return [...(await mediaOf()).values()].find((one) => one.file === file || one.file.endsWith(`/${file}`));
}

const addressOf = (one) => `media/${one.token}`;

// What a card has in its frame, which reaches nothing by itself.
function dataOf(one) {
  if (!contents.has(one.token)) contents.set(one.token, (async () => {
    const answer = await fetch(addressOf(one));
    if (!answer.ok) return "";
    const content = await answer.blob();
    return new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => resolve("");
      reader.readAsDataURL(content);
    });
  })().catch(() => ""));
  return contents.get(one.token);
}

// Files of the deck to choose from, as pictures or by name.
async function chooseFile(title, fits, take) {
  const all = [...(await mediaOf()).values()].filter((one) => fits.test(one.file));
  const pick = (file) => { opened.close(); take(file); };
  const shown = all.map((one) => {
    const choose = button("", () => pick(one.file), { className: "button file" });
    if (fits === PICTURES) choose.append(make("img", { src: addressOf(one), alt: "", loading: "lazy" }));
    choose.append(make("span", {}, one.file.split("/").pop()));
    return choose;
  });
  const opened = dialog(title, all.length ? "" : say("noFiles"), [make("div", { className: "files" }, ...shown)], button(say("cancel"), () => opened.close()), ...all.length ? [] : [fileButton(say("fromComputer"), accepted(fits), "plus", pick)]);
}

const accepted = (fits) => fits === PICTURES ? "image/*" : "audio/*";

const fileChoice = (kind, fits, take) => make("div", { className: "row" },
  button(say(kind === "image" ? "choosePicture" : "chooseSound"), () => chooseFile(say(kind === "image" ? "choosePicture" : "chooseSound"), fits, take), { drawing: kind === "image" ? "picture" : "sound" }),
  fileButton(say("fromComputer"), accepted(fits), "plus", take));

// The picture of a field: the file, and what it displays in words, for who cannot see it.
function pictureEditor(part, value, report) {
  const element = make("div", { className: "pictured" });
  let now;
  const send = (changes) => {
    now = { ...now, ...changes };
    report({ [part.key]: now.file ? Object.fromEntries(Object.entries(now).filter(([, text]) => text)) : "" });
  };
  function draw(given) {
    now = typeof given === "string" ? { file: given } : { ...given };
    element.replaceChildren();
    if (now.file) {
      const picture = make("img", { alt: now.alt ?? "", hidden: true });
      findFile(now.file).then((found) => {
        if (found) Object.assign(picture, { src: addressOf(found), hidden: false });
      });
      element.append(picture, aboutFile(now.file), ...linesOf(now, send));
    }
    element.append(fileChoice("image", PICTURES, take));
    if (now.file) element.lastChild.append(button(say("takeAway"), () => { draw({}); send({ file: "" }); focus(); }, { kind: "bare" }));
  }
  const take = (file) => {
    draw({ ...now, file });
    send({});
    element.querySelector("textarea")?.focus();
  };
  const focus = () => element.querySelector("textarea, button").focus();
  draw(value || {});
  return { element, focus, takeFile: take, set: (values) => { if (!same(values[part.key] || {}, now.file ? now : {})) draw(values[part.key] || {}); } };
}

// What a picture displays in words, and what is written below it.
function linesOf(now, send) {
  const line = (key, label, help) => {
    const input = growing(now[key]);
    input.dataset.line = key;
    input.addEventListener("input", () => send({ [key]: input.value }));
    return labelled(label, help, input);
  };
  return [line("alt", say("alt"), say("altHelp")), line("caption", say("caption"), "")];
}

function aboutFile(file) {
  return make("p", { className: "small quiet" }, file.split("/").pop(), treated.has(file) ? ` · ${treated.get(file)}` : "");
}

function soundEditor(part, value, report) {
  const element = make("div", { className: "pictured" });
  let now = "";
  function draw(file) {
    now = plain(file);
    element.replaceChildren();
    if (now) {
      const player = make("audio", { controls: true, ariaLabel: now, hidden: true });
      findFile(now).then((found) => {
        if (found) Object.assign(player, { src: addressOf(found), hidden: false });
      });
      element.append(player, make("p", { className: "small quiet" }, now));
    }
    element.append(fileChoice("sound", SOUNDS, take));
    if (now) element.lastChild.append(button(say("takeAway"), () => { draw(""); report({ [part.key]: "" }); element.querySelector("button").focus(); }, { kind: "bare" }));
  }
  const take = (file) => { draw(file); report({ [part.key]: file }); element.querySelector("button").focus(); };
  draw(value);
  return { element, takeFile: take, focus: () => element.querySelector("button").focus(), set: (values) => { if (plain(values[part.key]) !== now) draw(values[part.key]); } };
}

// A picture within a text: which, and what it displays. Null if nothing is chosen.
function choosePicture(words_, file = "") {
  return new Promise((resolve) => {
    const alt = make("input", { type: "text", value: words_, autocomplete: "off" });
    const name = make("p", { className: "quiet" }, file || say("noPicture"));
    const take = (chosen) => { file = chosen; name.textContent = chosen; alt.focus(); };
    const finish = () => {
      if (!file) return void (name.className = "bad-text");
      resolve({ file, alt: alt.value.trim() });
      opened.close();
    };
    const opened = dialog(say("tool-picture"), "", [fileChoice("image", PICTURES, take), name, labelled(say("alt"), say("altHelp"), alt)],
      button(say("cancel"), () => opened.close()), button(say("insert"), finish, { kind: "main" }));
    opened.element.takeFile = async (given) => { const added = await addFile(given); if (added) take(added); };
    opened.element.addEventListener("close", () => resolve(null));
    if (file) alt.focus();
  });
}
