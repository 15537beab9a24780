// Labels and sources of a note: chosen among the deck's, or new.

const vocabulary = new Map(); // "tags" and "sources" of the deck, once they are asked for

async function known(what) {
  if (!vocabulary.has(what)) vocabulary.set(what, (await ask(what, { deck: desk.deck.id })) ?? []);
  return vocabulary.get(what);
}

// What is chosen, each with a button that takes it away.
function chosenList(values, title, remove) {
  return make("ul", { className: "chosen", attributes: { "aria-label": title } }, ...values.map((value, at) => make("li", {}, make("span", {}, titleOf(value)),
    button("", () => remove(at), { kind: "bare icon", drawing: "cross", label: say("removeOne", { name: titleOf(value) }) }))));
}

function titleOf(id) {
  const source = (vocabulary.get("sources") ?? []).find((one) => one.id === id);
  return source ? source.title : String(id);
}

function tagsEditor(part, value, report) {
  let now = listOf(value);
  const options = make("datalist", { id: newId() });
  const input = make("input", { type: "text", autocomplete: "off", ariaLabel: say("addTag"), placeholder: say("addTag"), maxLength: 100 });
  input.setAttribute("list", options.id);
  const place = make("div");
  const element = make("div", { className: "labels" }, place, make("div", { className: "row nowrap" }, input, button(say("add"), add)), options);
  const ofSet = form?.note?.tags_of_set ?? desk.opening?.tags_of_set ?? [];
  if (ofSet.length) element.append(make("p", { className: "help" }, say("tagsOfSet", { tags: ofSet.join(", ") })));
  const send = () => { draw(); report({ [part.key]: now.length ? now : "" }); };

  function draw() {
    place.replaceChildren(now.length ? chosenList(now, part.label, (at) => { now = now.filter((_, n) => n !== at); send(); input.focus(); }) : "");
  }
  function add() {
    const added = input.value.split(",").map((one) => one.trim().replace(/\s+/g, "_")).filter((one) => one && !now.includes(one));
    input.value = "";
    input.focus();
    if (!added.length) return;
    now = [...now, ...added];
    announce(say("tagAdded", { name: added.join(", ") }));
    send();
  }
  input.addEventListener("focus", async () => { options.replaceChildren(...(await known("tags")).filter((one) => !now.includes(one)).map((one) => make("option", { value: one }))); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey) { event.preventDefault(); add(); }
    if (event.key === "Backspace" && !input.value && now.length) { now = now.slice(0, -1); send(); }
  });
  input.addEventListener("change", () => { if ((vocabulary.get("tags") ?? []).includes(input.value)) add(); });
  element.addEventListener("focusout", (event) => { if (!element.contains(event.relatedTarget) && input.value.trim()) { const { focus } = input; input.focus = () => {}; add(); input.focus = focus; } });
  draw();
  return { element, focus: () => input.focus(), set: (values) => { now = listOf(values[part.key]); draw(); } };
}

function sourcesEditor(part, value, report) {
  let now = listOf(value);
  const place = make("div");
  const select = make("select", { ariaLabel: say("chooseSource") });
  const element = make("div", { className: "labels" }, place, make("div", { className: "row" }, select, button(say("newSource"), create, { drawing: "plus" })));
  const send = () => { draw(); report({ [part.key]: now.length ? now : "" }); };

  async function draw() {
    const all = await known("sources");
    const left = all.filter((one) => !now.includes(one.id));
    select.replaceChildren(make("option", { value: "" }, say(left.length ? "chooseSource" : "noSources")), ...left.map((one) => make("option", { value: one.id }, one.title)));
    select.disabled = !left.length;
    select.hidden = !left.length && now.length > 0;
    place.replaceChildren(now.length ? chosenList(now, part.label, (at) => { now = now.filter((_, n) => n !== at); send(); focus(); }) : "");
  }
  function create() {
    newSource((made) => { now = [...now, made.id]; send(); });
  }
  const focus = () => (select.disabled ? element.querySelector("button") : select).focus();
  select.addEventListener("change", () => {
    if (!select.value) return;
    now = [...now, select.value];
    send();
    announce(say("sourceAdded"));
    requestAnimationFrame(focus);
  });
  draw();
  return { element, focus, set: (values) => { now = listOf(values[part.key]); draw(); } };
}

// Asks for a new source of the deck, and saves it.
function newSource(take) {
  const line = (type) => make("input", { type, autocomplete: "off" });
  const [title, publisher, date, url] = [line("text"), line("text"), line("text"), line("url")];
  const save = async () => {
    if (!title.value.trim()) return title.focus();
    const made = await ask("add_source", { deck: desk.deck.id, ...filled({ title: title.value.trim(), publisher: publisher.value.trim(), date: date.value.trim(), url: url.value.trim() }) });
    if (!made) return;
    opened.close();
    takeEdited({ ...made, note: null });
    vocabulary.delete("sources");
    take(made);
  };
  const opened = dialog(say("newSource"), "", [labelled(say("sourceTitle"), "", title), labelled(say("publisher"), "", publisher), labelled(say("date"), say("dateHelp"), date), labelled(say("url"), "", url)],
    button(say("cancel"), () => opened.close()), button(say("add"), save, { kind: "main" }));
  title.focus();
}
