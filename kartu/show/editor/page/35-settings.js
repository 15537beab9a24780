// The settings of a deck: each is saved when its field is left, and can be undone like an edit.

let settings = null;

async function displaySettings(focus = "") {
  if (!desk.deck) return;
  await saveForm(form);
  const found = await ask("settings", { deck: desk.deck.id });
  if (!found) return;
  settings = found;
  showView("settings");
  drawSettings();
  (focus && $(focus) || $("page").querySelector("h1")).focus();
}

const LICENCES = ["", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC0-1.0"];

function drawSettings() {
  const { published, themes } = settings;
  const field = (key, input, help = "", label = say(`set-${key}`)) => {
    input.id = `set-${key}`;
    input.value = Array.isArray(settings[key]) ? settings[key].join("\n") : settings[key];
    input.addEventListener("change", () => saveSetting(key, Array.isArray(settings[key]) ? input.value.split("\n").map((one) => one.trim()).filter(Boolean) : input.value, input));
    return labelled(label, help, input);
  };
  const line = (more = {}) => make("input", { type: "text", autocomplete: "off", ...more });
  const licences = LICENCES.includes(settings.licence) ? LICENCES : [...LICENCES, settings.licence];
  const name = field("name", line({ maxLength: 100, readOnly: Boolean(published) }), published ? say("nameStays") : say("set-nameHelp"));
  fillPage(make("div", { className: "narrow" }, backButton(), make("h1", { tabIndex: -1 }, say("settingsOf", { name: settings.name })), make("p", { className: "quiet" }, say("settingsHelp")),
    make("h2", { className: "group" }, say("forStudents")), name, field("description", make("textarea", { rows: 4, lang: settings.language }), say("set-descriptionHelp")),
    make("div", { className: "two" }, field("new_per_day", line({ inputMode: "numeric", maxLength: 4 }), say("set-new_per_dayHelp")), field("desired_retention", line({ inputMode: "decimal", maxLength: 5 }), say("set-desired_retentionHelp")),
      themes.length ? field("theme", choice([["", say("theme-")], ...themes.map((one) => [one, words[`theme-${one}`] ?? one])], settings.theme), say("set-themeHelp")) : ""),
    make("h2", { className: "group" }, say("editions")), make("p", { className: "help" }, say("editionsHelp")), editionsList(),
    make("h2", { className: "group" }, say("authorsAndRights")), field("authors", make("textarea", { rows: 2, lang: settings.language }), say("set-authorsHelp")),
    field("licence", choice(licences.map((one) => [one, words[`licence-${one}`] ?? one]), settings.licence), say("set-licenceHelp")), field("report", line({ inputMode: "email", maxLength: 200 }), say("set-reportHelp")),
    make("h2", { className: "group" }, say("sources")), sourcesPart()));
}

// Saves one setting; what is refused stays in its field, with the reason.
async function saveSetting(key, value, input) {
  input.closest(".field")?.querySelector(".callout")?.remove();
  try {
    const edited = await call("set", { deck: desk.deck.id, values: { [key]: value } });
    takeEdited(edited, { show: false });
  } catch (error) {
    if (!(error instanceof RefusedError)) return error instanceof OfflineError ? undefined : Promise.reject(error);
    input.ariaInvalid = "true";
    input.closest(".field").append(callout("bad", sentence(error.message), sentence(error.help)));
    return announce(error.message);
  }
  input.ariaInvalid = null;
  settings[key] = value;
  announce(say("stateSaved"));
  const project = await ask("project");
  if (project) takeProject(project);
}

// --- editions -------------------------------------------------------------------------------------

function editionsList() {
  const list = make("ul", { className: "editions" }, ...settings.editions.map(editionEntry));
  const add = button(say("addEdition"), () => {
    if (!settings.editions.length) settings.editions = [["", say("edition-whole"), "all"]]; // else most cards would be in no package
    settings.editions = [...settings.editions, ["", "", "tags"]];
    redraw(settings.editions.length - 1);
  }, { drawing: "plus", id: "add-edition" });
  return make("div", { id: "editions", className: "field" }, list, make("div", { className: "row after-field" }, add));
}

function redraw(at) {
  $("editions").replaceWith(editionsList());
  $(`edition-${at}`)?.focus();
}

function editionEntry([key, title, kind, ...tags], at) {
  const change = (now) => {
    settings.editions[at] = now;
    saveEditions();
  };
  const name = make("input", { type: "text", id: `edition-${at}`, value: title || key, maxLength: 60, autocomplete: "off" });
  name.addEventListener("change", () => change([key, name.value.trim(), kind, ...tags]));
  const which = choice([["all", say("edition-all")], ["tags", say("edition-tags")], ...(kind === "own" ? [["own", say("edition-own")]] : [])], kind);
  which.addEventListener("change", () => { change([key, name.value.trim(), which.value, ...tags]); redraw(at); });
  const boxes = kind !== "tags" ? "" : settings.tags.length ? make("fieldset", { className: "field" }, make("legend", {}, say("withTags")), make("div", { className: "boxes" }, ...[...new Set([...settings.tags, ...tags])].map((tag) => {
    const box = make("input", { type: "checkbox", checked: tags.includes(tag) });
    box.addEventListener("change", () => {
      tags = box.checked ? [...tags, tag] : tags.filter((one) => one !== tag);
      change([key, name.value.trim(), kind, ...tags]);
    });
    return make("label", { className: "box" }, box, make("span", {}, tag));
  }))) : make("p", { className: "quiet" }, say("noTagsYet"));
  const remove = button(say("takeAway"), () => { settings.editions = settings.editions.filter((_, n) => n !== at); redraw(Math.max(at - 1, 0)); saveEditions(); }, { ariaLabel: say("removeOne", { name: title || key }) });
  return make("li", { className: "sheet" }, make("div", { className: "two" }, labelled(say("editionName"), "", name), labelled(say("editionHas"), "", which)), boxes, make("div", { className: "row after-field" }, remove));
}

// Editions are saved together, once each has a name and its labels.
function saveEditions() {
  const whole = settings.editions.every(([key, title, kind, ...tags]) => (key || title) && (kind !== "tags" || tags.length));
  if (whole) return saveSetting("editions", settings.editions, $("add-edition"));
  $("editions").querySelector(".callout")?.remove();
  $("editions").append(callout("mind", say("editionNotYet"), say("editionNotYetHelp")));
  return announce(say("editionNotYet"));
}

// --- sources --------------------------------------------------------------------------------------

function sourcesPart() {
  const list = make("ul", { className: "counts" });
  const draw = async () => {
    vocabulary.delete("sources");
    const all = await known("sources");
    list.replaceChildren(...all.map((one) => make("li", {}, make("b", {}, one.title), " ", make("span", { className: "quiet" }, [one.publisher, one.date].filter(Boolean).join(", ")))), all.length ? "" : make("li", { className: "quiet" }, say("noSourcesYet")));
  };
  draw();
  return make("div", {}, list, make("div", { className: "row after-field" }, button(say("newSource"), () => newSource(draw), { drawing: "plus" })));
}
