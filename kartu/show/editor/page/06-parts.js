// What a form consists of: its note type's fields, some of them together in one part. Numbered
// fields (item 1, item 2, …) are a list; options are chosen among, with the right one marked.

const NUMBERED = /^(.*?)[ _-]?(\d+)$/;
const LISTS = ["tags", "sources"];

function partsOf(type) {
  const fields = new Map(type.fields.map((one) => [one.key, one]));
  const taken = new Set();
  const series = seriesOf(type.fields);
  const parts = [];
  // Where several fields choose from one list, as statements do, each has a place of its own.
  const alone = (field) => type.fields.filter((one) => String(one.one_of) === String(field.one_of)).length === 1;
  const chooses = (field) => Boolean(field.one_of?.length) && alone(field);
  if (type.fields.some((one) => one.one_of?.length && !alone(one))) series.clear();
  if (type.covers) parts.push(coversPart(type, fields, taken));
  for (const field of type.fields) {
    if (chooses(field)) parts.push(choicePart(field, fields, series, taken));
  }
  for (const field of type.fields) {
    if (taken.has(field.key)) continue;
    const [stem] = stemOf(field.key);
    const keys = series.get(stem);
    if (keys && keys.includes(field.key)) {
      for (const key of keys) taken.add(key);
      parts.push({ kind: "numbered", keys, key: keys[0], field, label: withoutNumber(field.name), required: keys.some((key) => fields.get(key).required), help: field.help });
    } else if (!LISTS.includes(field.key)) {
      parts.push({ kind: kindOf(field, type), keys: [field.key], key: field.key, field, label: field.name, help: field.help, required: field.required });
    }
  }
  const order = new Map(type.fields.map((one, at) => [one.key, at]));
  parts.sort((one, other) => order.get(one.key) - order.get(other.key));
  parts.push({ kind: "sources", keys: ["sources"], key: "sources", label: say("sources"), help: say("sourcesHelp"), required: false });
  parts.push({ kind: "tags", keys: ["tags"], key: "tags", label: say("tags"), help: say("tagsHelp"), required: false });
  return parts;
}

function stemOf(key) {
  const found = NUMBERED.exec(key);
  return found ? [found[1], Number(found[2])] : [key, 0];
}

const withoutNumber = (name) => NUMBERED.exec(name)?.[1].trim() || name;

// Numbered fields that begin with 1, by what is before the number.
function seriesOf(fields) {
  const series = new Map();
  for (const { key } of fields) {
    const [stem, at] = stemOf(key);
    if (at) series.set(stem, [...(series.get(stem) ?? []), key]);
  }
  for (const [stem, keys] of series) {
    keys.sort((one, other) => stemOf(one)[1] - stemOf(other)[1]);
    if (keys.length < 2 || stemOf(keys[0])[1] !== 1) series.delete(stem);
  }
  return series;
}

function choicePart(field, fields, series, taken) {
  const options = field.one_of.filter((key) => fields.has(key));
  taken.add(field.key);
  for (const key of options) taken.add(key);
  const [first] = options;
  const base = { key: field.key, field, required: true, help: field.help };
  if (options.length === 1 && fields.get(first).format === "list") {
    return { ...base, kind: "choice-list", keys: [field.key, first], list: first, label: fields.get(first).name, help: say("isRightHead") };
  }
  const places = options.map((key) => stemOf(key)[1]);
  const reviews = [...series.values()].find((keys) => !keys.some((key) => options.includes(key)) && places.every((at) => keys.some((key) => stemOf(key)[1] === at)));
  for (const key of reviews ?? []) taken.add(key);
  return {
    ...base, kind: "choices", several: field.format === "list", options, reviews: reviews ? places.map((at) => reviews.find((key) => stemOf(key)[1] === at)) : [],
    least: options.filter((key) => fields.get(key).required).length, keys: [field.key, ...options, ...(reviews ?? [])],
    label: withoutNumber(fields.get(first).name), help: `${say(field.format === "list" ? "areRightHead" : "isRightHead")} ${say("fromTo", { least: number(Math.max(2, options.filter((key) => fields.get(key).required).length)), most: number(options.length) })}`,
  };
}

// A picture with what is over it and under that: one thing to a person.
function coversPart({ covers }, fields, taken) {
  const keys = [covers.shapes, covers.picture, covers.words].filter(Boolean);
  for (const key of keys) taken.add(key);
  return { kind: "masked", keys, key: covers.shapes, covers, field: fields.get(covers.shapes), label: say("coversTitle"), help: say("coversDraw"), required: true };
}

function kindOf(field, type) {
  if (type.kind === "image-occlusion" && field === type.fields[0]) return "covers";
  if (type.kind === "cloze" && (field.format === "cloze" || field === type.fields[0])) return "gaps";
  return field.format === "cloze" ? "gaps" : field.format;
}

// The editor of a part. Each has an `element`, `set` with values by key, and `focus`.
function editorOf(part, values, report) {
  const value = values[part.key] ?? "";
  if (unusual(part, values)) return fixedEditor(part, values);
  switch (part.kind) {
    case "text": return textEditor(part, value, report, { lines: 1, tools: [] });
    case "gaps": return gapEditor(part, value, report);
    case "list": return listEditor(part, value, report);
    case "table": return tableEditor(part, value, report);
    case "image": return pictureEditor(part, value, report);
    case "sound": return soundEditor(part, value, report);
    case "numbered": return numberedEditor(part, values, report);
    case "choices": return choicesEditor(part, values, report);
    case "choice-list": return choiceListEditor(part, values, report);
    case "tags": return tagsEditor(part, value, report);
    case "sources": return sourcesEditor(part, value, report);
    case "masked": return coversEditor(part, values, report);
    case "covers": return fixedEditor(part, values, say("coversHelp"));
    case "markdown": return textEditor(part, value, report, { lines: 2, tools: ["bold", "italic", "list", "formula", "table", "picture"] });
    default: return textEditor(part, value, report, { lines: 2, tools: [] });
  }
}

// Whether a value is written in a form that this part cannot display: it is left as it is.
function unusual({ kind, keys, several }, values) {
  const texts = (value) => typeof value === "string" || (Array.isArray(value) && value.every((one) => typeof one === "string"));
  const rows = (value) => typeof value === "string" ? blank(value) : Array.isArray(value) && value.every((one) => Array.isArray(one) && texts(one));
  const picture = (value) => typeof value === "string" || !Array.isArray(value);
  const right = { list: texts, tags: texts, sources: texts, table: rows, image: picture, masked: picture, "choice-list": texts, choices: several ? texts : null }[kind] ?? ((value) => typeof value === "string");
  return keys.some((key) => values[key] !== undefined && values[key] !== null && !right(values[key]));
}

function fixedEditor(part, values, text = say("fixedHelp")) {
  const shown = make("p", { className: "fixed", tabIndex: 0 });
  const set = (all) => { shown.textContent = part.kind === "covers" ? coversIn(plain(all[part.key])) : plain(all[part.key]); };
  set(values);
  return { element: make("div", {}, shown, make("p", { className: "help" }, text)), set, focus: () => shown.focus(), input: shown };
}

function coversIn(text) {
  const found = new Set([...text.matchAll(/\{\{c(\d+)::image-occlusion:/g)].map(([, n]) => n));
  return many("covers", found.size);
}

const listOf = (value) => Array.isArray(value) ? value.map(String) : blank(value) ? [] : [value];
