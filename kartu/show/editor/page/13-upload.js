// New pictures and sounds from this computer: chosen, dropped or pasted. The program reads what
// they are; of a large picture a person chooses the size.

const LARGEST = 16 * 2 ** 20; // bytes, as the program takes them
const kilobytes = (bytes) => `${number(Math.max(1, Math.round(bytes / 1000)))} kB`;
const treated = new Map(); // name in the deck -> what was done to the picture

function base64Of(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

// The name that a file got in the deck; empty if it was refused, or given up.
async function addFile(file) {
  const refuse = (key) => { notice(say(key), say(`${key}Help`), "bad"); return ""; };
  if (file.size > LARGEST) return refuse("fileTooLarge");
  const { id: deck } = desk.deck;
  const name = file.name || "gambar";
  const base64 = await base64Of(file).catch(() => "");
  if (!base64 && file.size) return refuse("fileUnread");
  const found = await ask("look_media", { name, base64 });
  if (!found) return "";
  const whole = found.sizes.length > 1 ? await chooseSize(file, found) : false;
  if (whole === null) return "";
  const added = await ask("add_media", { deck, name, base64, whole });
  if (!added) return "";
  desk.media = null;
  desk.state = Math.max(desk.state, added.state ?? 0);
  const done = doneTo(found, added, whole);
  if (done) treated.set(added.file, done);
  announce(`${say("fileAdded", { name: added.file })}. ${done}`);
  return added.file;
}

function doneTo({ bytes, sizes, turned, cleared }, added, whole) {
  const done = [
    sizes.length > 1 && !whole ? say("didSmaller", { before: kilobytes(bytes), after: kilobytes(added.bytes) }) : "",
    turned ? say("didTurn") : "", cleared.includes("place") ? say("didClearPlace") : cleared.length ? say("didClear") : "",
  ].filter(Boolean);
  return done.length ? `${done.join(", ")}.`.replace(/^./, (first) => first.toLocaleUpperCase(root.lang)) : "";
}

// Whether a large picture is taken whole; null if it is given up.
function chooseSize(file, { bytes, sizes }) {
  return new Promise((resolve) => {
    const address = URL.createObjectURL(file);
    const group = newId();
    const choices = sizes.map(({ bytes: size, width, height }, at) => make("label", { className: "choice" },
      make("input", { type: "radio", name: group, value: at ? "whole" : "smaller", checked: !at }),
      make("span", {}, make("b", {}, say(at ? "sizeWhole" : "sizeSmaller")), ` ${say("sizeOf", { width: number(width), height: number(height), size: kilobytes(size) })}`)));
    const take = () => { resolve(choices[1].querySelector("input").checked); opened.close(); };
    const opened = dialog(say("sizeTitle"), say("sizeHelp"), [
      make("img", { src: address, alt: "", className: "sample" }),
      make("div", { attributes: { role: "radiogroup", "aria-label": say("sizeTitle") } }, ...choices),
      make("p", { className: "small quiet" }, say("sizeGiven", { name: file.name || say("tool-picture"), size: kilobytes(bytes) })),
    ], button(say("cancel"), () => opened.close()), button(say("useSize"), take, { kind: "main" }));
    opened.element.addEventListener("close", () => { URL.revokeObjectURL(address); resolve(null); });
    choices[0].querySelector("input").focus();
  });
}

// A button that opens the computer's files.
function fileButton(text, accept, drawing, take) {
  const input = make("input", { type: "file", accept, hidden: true });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    input.value = "";
    const name = file && await addFile(file);
    if (name) take(name);
  });
  return make("span", {}, input, button(text, () => input.click(), { drawing }));
}

// --- dropped and pasted ---------------------------------------------------------------------------

const isSound = (file) => file.type.startsWith("audio/") || (!file.type.startsWith("image/") && SOUNDS.test(file.name));

// The part of the form that takes a file: the one in which it is, or the first of its kind.
function partFor(file, where) {
  const fits = (part) => isSound(file) ? part.kind === "sound" : part.kind === "image" || part.kind === "masked";
  const here = form.parts.find((part) => form.elements.get(part.key)?.contains(where));
  return here && fits(here) ? here : form.parts.find(fits);
}

async function takeFile(file, where) {
  const opened = [...document.querySelectorAll("dialog[open]")].at(-1);
  if (opened) return opened.takeFile?.(file);
  if (view !== "desk" || !form || form.note.editable === false) return; // other views bring files
  const own = form;
  const input = where.closest?.("textarea, .write");
  if (input && !isSound(file) && form.editors.get(input.closest(".field")?.dataset.key)?.tools?.querySelector("[data-tool=picture]")) {
    const name = await addFile(file);
    return name && form === own ? insertPicture(input, name) : undefined;
  }
  const part = partFor(file, where);
  if (!part) return notice(say(isSound(file) ? "noPlaceForSound" : "noPlaceForPicture"), say("noPlaceHelp"), "mind");
  const name = await addFile(file);
  if (!name || form !== own) return;
  if (!form.elements.has(part.key)) addPart(part);
  form.editors.get(part.key).takeFile?.(name);
}

const fileIn = (transfer) => transfer?.files?.[0];

document.addEventListener("dragover", (event) => {
  if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); // else the browser would go to the file
});
document.addEventListener("drop", (event) => {
  const file = fileIn(event.dataTransfer);
  if (!file) return;
  event.preventDefault();
  takeFile(file, event.target);
}, true);
document.addEventListener("paste", (event) => {
  const file = fileIn(event.clipboardData);
  if (!file || event.clipboardData.types.includes("text/plain")) return; // a text with a drawing of itself
  event.preventDefault();
  event.stopPropagation();
  takeFile(file, event.target);
}, true);
