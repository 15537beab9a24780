// Menus and dialogs: opened by a button, closed by Esc, which gives the focus back.

let openMenu = null;

// `entries`: {text, act, drawing, keys, disabled, checked} each; null for a line; a text for a hint.
function menu(opener, entries, label) {
  if (openMenu?.opener === opener) return closeMenu();
  closeMenu();
  const element = make("div", { className: "menu", attributes: { role: "menu", "aria-label": label } });
  for (const one of entries) {
    if (one === null) element.append(make("hr"));
    else if (typeof one === "string") element.append(make("p", { className: "small quiet" }, one));
    else element.append(entryOf(one));
  }
  opener.after(element);
  opener.ariaExpanded = "true";
  openMenu = { opener, element };
  element.addEventListener("keydown", (event) => stepInMenu(event, element));
  element.addEventListener("focusin", (event) => { for (const one of element.querySelectorAll("[role^=menuitem]")) one.tabIndex = one === event.target ? 0 : -1; });
  const { left, right } = element.getBoundingClientRect();
  if (left < 8) element.style.right = `${left - 8}px`;
  else if (right > innerWidth - 8) element.style.left = `${innerWidth - 8 - right}px`;
  element.querySelector("[role^=menuitem]")?.focus();
  element.scrollIntoView({ block: "nearest" });
}

function entryOf({ text, act, drawing = "", keys = "", checked }) {
  const entry = button(text, () => { closeMenu(true); act(); }, { kind: "bare", drawing, keys, tabIndex: -1 });
  entry.setAttribute("role", checked === undefined ? "menuitem" : "menuitemradio");
  if (checked !== undefined) {
    entry.ariaChecked = String(checked);
    entry.prepend(make("span", { className: "tick-place" }, checked ? icon("tick") : ""));
  }
  return entry;
}

function stepInMenu(event, element) {
  const all = [...element.querySelectorAll("[role^=menuitem]")];
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    all[to % all.length].focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    if (event.key === "Escape") event.preventDefault();
    event.stopPropagation();
    closeMenu(true);
  }
}

function closeMenu(focus = false) {
  if (!openMenu) return;
  const { opener, element } = openMenu;
  openMenu = null;
  element.remove();
  opener.ariaExpanded = "false";
  if (focus) opener.focus();
}
document.addEventListener("pointerdown", (event) => {
  if (openMenu && !openMenu.element.contains(event.target) && !openMenu.opener.contains(event.target)) closeMenu();
});

// A dialog with a title, content and buttons. Its `close` gives the focus back to where it was.
function dialog(title, about, content, ...buttons) {
  closeMenu();
  const id = newId();
  const element = make("dialog", { className: "dialog", attributes: { "aria-labelledby": id } });
  const close = () => { element.close(); element.remove(); };
  element.append(
    make("header", {}, make("div", {}, make("h2", { id }, title), about ? make("p", { className: "quiet" }, about) : ""),
      button("", close, { kind: "bare icon", drawing: "cross", label: say("close") })),
    ...content,
  );
  if (buttons.length) element.append(make("footer", {}, ...buttons));
  element.addEventListener("close", () => element.remove());
  element.addEventListener("pointerdown", (event) => { element.outside = event.target === element; });
  element.addEventListener("click", (event) => { if (event.target === element && element.outside) close(); });
  document.body.append(element);
  element.showModal();
  return { element, close };
}

// A labelled field of a dialog or of a page.
function labelled(text, help, input) {
  input.id ||= newId();
  const hint = help ? make("p", { className: "help", id: newId() }, help) : null;
  if (hint) input.setAttribute("aria-describedby", hint.id);
  return make("div", { className: "field" }, make("label", { htmlFor: input.id }, text), hint, input);
}

function choice(options, selected) {
  const select = make("select");
  for (const [value, text] of options) select.append(make("option", { value, selected: value === selected }, text));
  return select;
}

// --- words that differ ----------------------------------------------------------------------------

const MAX_COMPARED = 400; // words; longer texts are displayed whole, one after the other

// The parts of two texts as [same|gone|new, text], word by word.
function compared(before, after) {
  const [one, other] = [before, after].map((text) => text.match(/\s+|[\p{L}\p{N}]+|[^]/gu) ?? []);
  if (Math.max(one.length, other.length) > MAX_COMPARED) return [["gone", before], ["new", after]];
  const lengths = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      lengths[i][j] = one[i] === other[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const parts = [];
  const add = (kind, text) => {
    if (parts.at(-1)?.[0] === kind) parts.at(-1)[1] += text;
    else parts.push([kind, text]);
  };
  let i = 0, j = 0;
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && one[i] === other[j]) { add("same", one[i]); i += 1; j += 1; }
    else if (j === other.length || (i < one.length && lengths[i + 1][j] >= lengths[i][j + 1])) add("gone", one[i++]);
    else add("new", other[j++]);
  }
  return joined(parts);
}

// Words of one kind with nothing but a space between them are one part.
function joined(parts) {
  const all = [];
  for (const [kind, text] of parts) {
    const [before, between] = all.slice(-2);
    if (between?.[0] === "same" && /^\s+$/.test(between[1]) && before[0] === kind) {
      all.pop();
      before[1] += between[1] + text;
    } else all.push([kind, text]);
  }
  return all;
}

function difference(parts) {
  const kinds = { same: "span", gone: "del", new: "ins" };
  return make("p", { className: "difference" }, ...parts.map(([kind, text]) => make(kinds[kind] ?? "span", {}, text)));
}
