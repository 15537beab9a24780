// Views, panes, and the keys that act everywhere.

function showView(name) {
  closeMenu();
  if (name !== view) $("notices").replaceChildren();
  view = name;
  document.body.dataset.view = name;
  $("desk").hidden = name !== "desk";
  $("page").hidden = name === "desk";
  if (name === "desk") {
    drawRows();
    sizeFrame();
  }
  for (const one of $("tabs").children) markTab(one, one.dataset.pane === (name === "desk" ? document.body.dataset.pane : name));
  $("back-narrow").hidden = name === "desk";
}

// A page that is no desk: the part that scrolls, and its foot. Drawn again, it is scrolled as it was.
function fillPage(content, foot = "") {
  const { scrollTop = 0 } = $("page").firstElementChild ?? {};
  content.tabIndex = -1; // for `focusPage`, after which the keys scroll
  $("page").replaceChildren(content, foot);
  if (fillPage.view === view) content.scrollTop = scrollTop;
  fillPage.view = view;
}

const focusPage = () => $("page").firstElementChild.focus();

// The list of a middle screen covers the form: it goes when that is pressed or gets the focus.
function closeDrawer() {
  if (!narrow.matches && !wide.matches && document.body.dataset.pane === "list") showPane("write");
}

const markTab = (tab, current) => current ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current");

// On a narrow screen one pane at a time; the list is a drawer on a middle one.
function showPane(name) {
  document.body.dataset.pane = name;
  $("drawer").ariaExpanded = String(name === "list");
  for (const one of $("tabs").children) markTab(one, view === "desk" && one.dataset.pane === name);
  if (name === "list") {
    drawRows();
    selectRow(selected);
  }
  sizeFrame();
}

for (const one of $("tabs").children) one.addEventListener("click", () => {
  if (one.dataset.pane === "publish") return displayPublish();
  showView("desk");
  showPane(one.dataset.pane);
});
$("drawer").addEventListener("click", () => {
  const open = document.body.dataset.pane !== "list";
  showPane(open ? "list" : "write");
  if (open) $("notes").focus();
});
for (const id of ["write", "see"]) for (const kind of ["pointerdown", "focusin"]) $(id).addEventListener(kind, closeDrawer);
$("back-narrow").addEventListener("click", leavePage);
$("deck").addEventListener("click", deckMenu);
$("deck").append(icon("down"));
$("search").placeholder = say("search");
$("undo").addEventListener("click", () => { if (desk.undo) again("undo"); });
$("redo").addEventListener("click", () => { if (desk.redo) again("redo"); });
$("history").addEventListener("click", displayHistory);
$("menu").addEventListener("click", () => menu($("menu"), [
  ...(view === "desk" || !desk.deck ? [] : [{ text: say("backToWriting"), drawing: "undo", act: () => showView("desk") }]),
  ...(desk.project?.file ? [] : [{ text: say("start-paste"), drawing: "paste", act: () => displayBring({ paste: true }) }, { text: say("start-file"), drawing: "file", act: chooseIncoming }]),
  ...(desk.deck ? [{ text: say("corrections"), drawing: "hand", act: displayCorrections }, { text: say("share"), drawing: "print", act: () => displayShare() }, { text: say("settings"), drawing: "sliders", act: () => displaySettings() }, null] : []),
  { text: say("history"), drawing: "clock", act: displayHistory },
  { text: say("check"), drawing: "tick", keys: "F8", act: showCheck },
  { text: say("redo"), drawing: "redo", keys: "Ctrl+Y", act: () => { if (desk.redo) again("redo"); } },
  { text: say("newDeck"), drawing: "plus", act: newDeck }, null,
  { text: say("keys"), keys: "?", act: showKeys },
], say("menu")));
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  if (view === "desk") $("write").focus();
  else focusPage();
});

// --- keys -----------------------------------------------------------------------------------------

const KEYS = [
  ["Ctrl+Enter", "nextNote"], ["Ctrl+D", "duplicate"], ["Alt+↑ Alt+↓", "otherNote"], ["Alt+Shift+↑ ↓", "moveKeys"], ["Ctrl+K", "search"], ["F8", "nextFault"],
  ["Ctrl+B", "tool-bold"], ["Ctrl+I", "tool-italic"], ["Ctrl+M", "tool-formula"], ["Ctrl+Shift+C", "tool-gap"], ["Ctrl+Z Ctrl+Y", "undoRedo"], ["Esc", "escape"], ["?", "keys"],
];

function showKeys() {
  const opened = dialog(say("keys"), say("keysHelp"), [make("dl", { className: "keys" }, ...KEYS.flatMap(([keys, text]) => [make("dt", {}, make("kbd", {}, keys)), make("dd", {}, say(text))]))],
    button(say("close"), () => opened.close(), { kind: "main" }));
  opened.element.querySelector("footer button").focus();
}

const writes = (element) => element.matches?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

const WITH_CTRL = {
  Enter: () => nextNote(), d: () => act("duplicate"), k: () => { showView("desk"); showPane("list"); if ($("notes-side").hidden) leaveCheck(); $("search").focus(); $("search").select(); },
  s: () => saveForm(form), z: () => { if (desk.undo) again("undo"); }, y: () => { if (desk.redo) again("redo"); },
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]") || (!desk.deck && event.key !== "Escape")) return;
  const { key, altKey, shiftKey } = event;
  const ctrl = event.ctrlKey || event.metaKey;
  let run = null;
  if (ctrl && !altKey) {
    const name = key.length === 1 ? key.toLowerCase() : key;
    // What is being typed and not saved yet is the browser's to undo.
    const typing = writes(event.target) && (view !== "desk" || (form && form.timer && changedKeys(form).length > 0));
    if (name === "z" || name === "y") run = typing ? null : WITH_CTRL[shiftKey && name === "z" ? "y" : name];
    else if (!shiftKey && (view === "desk" || name === "k")) run = WITH_CTRL[name];
  } else if (altKey && /^Arrow(Up|Down)$/.test(key) && form && view === "desk") {
    const by = key === "ArrowUp" ? -1 : 1;
    run = shiftKey ? () => act("move", { by }) : () => step(by);
  } else if (key === "F8") run = () => nextFault(shiftKey ? -1 : 1);
  else if (key === "?" && !writes(event.target) && !altKey) run = showKeys;
  else if (key === "Escape" && !writes(event.target)) run = () => { if (view !== "desk" && !job) leavePage(); else if (document.body.dataset.pane === "list") { showPane("write"); (narrow.matches ? $("write") : $("drawer")).focus(); } };
  if (!run) return;
  event.preventDefault();
  run();
});

start();
