// The controls above the cards, and the panel of diagnostics.

function renderTools() {
  const title = deck ? deck.name : content.decks.length ? "" : "kartu";
  $("title").textContent = document.title = title || "kartu";
  $("title").lang = deck ? deck.language : "";
  const about = content.decks.find((one) => one.key === state.deck);
  $("about").textContent = about ? say("about", about) : "";
  $("home").hidden = live && !editor;
  $("deck-choice").hidden = content.decks.length < 2;
  options("deck", content.decks.map((one) => [one.key, `${one.name} (${one.language})`]));
  for (const input of document.querySelectorAll("input[type=radio]")) input.checked = state[input.name] === input.value;
  if ($("search").value !== state.search) $("search").value = state.search;
  if (!deck?.loaded) return;
  const all = [["", say("all")]];
  const each = (values) => [...new Set(values)].map((value) => [value, value]);
  options("subdeck", [...all, ...each(deck.cards.map((card) => card.subdeck).filter(Boolean))]);
  options("type", [...all, ...deck.types.map((one) => [one.id, one.name])]);
  options("tag", [...all, ...each(deck.cards.flatMap((card) => card.tags).sort())]);
  options("edition", [...all, ...deck.editions.map((name, n) => [String(n), name])]);
  const codes = each(content.diagnostics.map((one) => one.code).sort());
  options("diagnostic", [...all, ["any", say("withAny")], ["errors", say("withErrors")], ...codes]);
  $("edition").parentElement.hidden = !deck.editions.length;
  $("diagnostic").parentElement.hidden = !live;
  const chosen = CHOICES.some((key) => state[key]);
  if (chosen) document.querySelector(".filters").open = true;
  $("clear").disabled = !chosen && !state.search;
}

function options(id, values) {
  const select = $(id);
  const fingerprint = JSON.stringify(values);
  if (select.fingerprint !== fingerprint) {
    select.fingerprint = fingerprint;
    select.replaceChildren(...values.map(([value, text]) => make("option", { value, textContent: text })));
  }
  select.value = state[id];
  if (select.selectedIndex < 0) select.value = state[id] = values[0]?.[0] ?? "";
}

// Diagnostics: all of them in a panel, and on the cards that they are about.
function renderProblems() {
  const diagnostics = content.diagnostics;
  const errors = diagnostics.filter((one) => one.severity === "error").length;
  $("problems").hidden = !diagnostics.length && !content.failure;
  $("problems-title").textContent = content.failure
    ? say("failed", { why: content.failure })
    : say("problems", { errors, warnings: diagnostics.length - errors });
  $("stale").hidden = !(deck && deck.stale);
  const list = $("problems").querySelector("ol");
  const fingerprint = JSON.stringify([diagnostics, root.lang, content.root]);
  if (list.fingerprint === fingerprint) return;
  list.fingerprint = fingerprint;
  list.replaceChildren(...diagnostics.slice(0, MAX_PROBLEMS).map(problem));
  if (diagnostics.length > MAX_PROBLEMS) list.append(make("li", { textContent: say("more", { count: diagnostics.length - MAX_PROBLEMS }) }));
}

function problem(one) {
  const item = make("li", { className: one.severity }, make("p", {},
    make("strong", { textContent: say(one.severity) }), " ", make("code", { textContent: one.code }), " ",
    place(one.place), " ", copyButton(one.place)), make("p", { textContent: one.message }));
  if (one.line) item.append(make("pre", { textContent: one.line, tabIndex: 0 }));
  if (one.help) item.append(make("p", { textContent: `→ ${one.help}` }));
  if (one.note || one.type) {
    const go = make("button", { type: "button", textContent: say("onCard") });
    go.addEventListener("click", () => toCards(one));
    item.append(go);
  }
  return item;
}

function toCards(one) {
  const clear = { search: "", subdeck: "", type: "", tag: "", edition: "", diagnostic: "" };
  const type = deck?.types.find((each) => folderOf(each) === one.type)?.id || one.type;
  if (type) return change({ ...clear, type, view: "grid" }, true);
  const holder = content.decks.find((each) => each.deck === one.deck);
  if (holder) change({ ...clear, deck: holder.key, view: "one", card: `${one.note}.`, side: "front" }, true);
}

function place(where) {
  if (!content.root) return make("code", { className: "place", textContent: where });
  const path = `${content.root}/${where}`.replaceAll("\\", "/").replace(/^\/*/, "/");
  const href = `vscode://file${path.split("/").map(encodeURIComponent).join("/").replace(/%3A/g, ":")}`;
  return make("a", { className: "place", href, textContent: where });
}

function copyButton(where) {
  const button = make("button", { type: "button", className: "copy", textContent: say("copy") });
  button.setAttribute("aria-label", say("copyWhat", { place: where }));
  button.addEventListener("click", async () => {
    await copy(where);
    $("state").textContent = say("copied");
  });
  return button;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // only secure pages have a clipboard
    const box = make("textarea", { value: text });
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}
