// Where work begins: decks opened last, a new deck, a pasted list, a file, another folder.

function displayStart() {
  arrangeList();
  displayBar();
  root.dataset.ready = "yes";
  showView("start");
  const recent = make("div");
  const place = make("div");
  fillPage(make("div", {}, desk.deck ? backButton() : "", make("h1", { tabIndex: -1 }, say("welcome")), make("p", { className: "big quiet" }, say("welcomeHelp")), recent, place));
  if (desk.project.ready) place.append(make("h2", { className: "group" }, say("startNew")), ways());
  else place.append(folderForm());
  takeDrops($("page"));
  if (!desk.deck) $("page").querySelector(".ways button, input")?.focus();
  askRecent(recent);
}

function ways() {
  const way = (key, drawing, act) => {
    const one = button("", act, { className: "way", id: `way-${key}` });
    one.append(icon(drawing), make("b", {}, say(`start-${key}`)), make("span", {}, say(`start-${key}Help`)));
    return make("li", {}, one);
  };
  return make("ul", { className: "ways" }, way("deck", "plus", newDeck), way("paste", "paste", () => displayBring({ paste: true })),
    way("file", "file", chooseIncoming), way("folder", "folder", chooseFolder));
}

async function askRecent(place) {
  const found = await ask("recent");
  if (!found?.length || view !== "start") return;
  place.append(make("h2", { className: "group" }, say("continue")), make("ul", { className: "recent" }, ...found.map((one) => make("li", {},
    make("div", {}, make("b", {}, one.decks.join(", ")), make("p", { className: "quiet small" }, say("inFolder", { folder: one.folder }))),
    button(say("open"), () => openFolder(one.token), { ariaLabel: `${say("open")}: ${one.decks.join(", ")}` })))));
}

// A folder with other files gets no decks: they have one of their own in it.
function folderForm() {
  const name = make("input", { type: "text", required: true, maxLength: 80, autocomplete: "off" });
  const go = async () => {
    if (!name.value.trim()) return name.focus();
    const made = await ask("new_project", { name: name.value.trim() });
    if (made) location.assign(made.address);
  };
  name.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); go(); } });
  return make("div", {}, make("h2", { className: "group" }, say("startNew")), callout("mind", say("otherFiles", { folder: desk.project.root }), say("otherFilesHelp")),
    labelled(say("folderName"), say("folderNameHelp"), name), make("div", { className: "row after-field" }, button(say("makeFolder"), go, { kind: "main" }), button(say("start-folder"), chooseFolder, { drawing: "folder" })));
}

// --- folders of this computer ---------------------------------------------------------------------

async function openFolder(token) {
  const found = await ask("open_folder", { folder: token });
  if (found) location.assign(found.address);
}

// The program lists the folders; the page knows them by names that say nothing.
function chooseFolder() {
  const list = make("ul", { className: "folders" });
  const here = make("p", { className: "quiet", attributes: { role: "status" } });
  const open = button(say("openThis"), () => openFolder(now), { kind: "main" });
  let now = "";
  const go = async (token) => {
    const found = await ask("folders", token ? { folder: token } : {});
    if (!found) return;
    now = found.token;
    here.textContent = say(found.project ? "hereProject" : found.empty ? "hereEmpty" : "hereOther", { name: found.name });
    open.ariaDisabled = String(!found.project && !found.empty);
    const up = found.up ? [make("li", {}, button(say("folderUp"), () => go(found.up), { kind: "bare", drawing: "up" }))] : [];
    list.replaceChildren(...up, ...found.folders.map((one) => make("li", {}, button(one.name, () => go(one.token), { kind: "bare", drawing: one.project ? "card" : "folder" }),
      one.project ? make("span", { className: "mark good" }, say("hasDecks")) : "")), found.folders.length ? "" : make("li", { className: "quiet" }, say("noFolders")));
    list.querySelector("button")?.focus();
  };
  const opened = dialog(say("start-folder"), say("chooseFolderHelp"), [here, list], button(say("cancel"), () => opened.close()), open);
  go("");
}

// --- files ----------------------------------------------------------------------------------------

const INCOMING = ".apkg,.colpkg,.csv,.tsv,.tab,.txt,.xlsx,.ods,.md";

function chooseIncoming() {
  const input = make("input", { type: "file", accept: INCOMING });
  input.addEventListener("change", () => { if (input.files[0]) bringFile(input.files[0]); });
  input.click();
}

const asBase64 = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});

async function bringFile(file) {
  announce(say("reading", { name: file.name }));
  const held = await ask("bring", { name: file.name, base64: await asBase64(file) });
  if (held) await displayBring({ file: held.file });
}

// A file that is dropped on the page is brought like a chosen one.
function takeDrops(element) {
  if (element.dropsFiles) return;
  element.dropsFiles = true;
  const takes = (event) => ["start", "bring", "corrections"].includes(view) && !job && event.dataTransfer?.types.includes("Files");
  element.addEventListener("dragover", (event) => { if (takes(event)) event.preventDefault(); });
  element.addEventListener("drop", (event) => {
    if (!takes(event)) return;
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    if (view === "corrections") return files.length ? bringPackages(files) : undefined;
    const [file] = files;
    if (file) bringFile(file);
  });
}
