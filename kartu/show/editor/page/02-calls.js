// Calls of the program on this computer, and what it reports by itself.

class RefusedError extends Error {
  constructor({ message, help }) {
    super(message);
    this.help = help || "";
  }
}
class OfflineError extends Error {}

let offline = false;
let retrying = 0; // timer
let waiting = 0; // calls of a person that have no answer yet
let editing = 0; // calls that change something, likewise
const LOOKS = new Set(["project", "types", "notes", "sources", "tags", "media", "open", "preview", "preview_new", "check", "fixes", "history", "deck", "plan", "job"]);

// The answer of the program. Throws RefusedError with the reason where it says no, OfflineError
// where it does not answer at all.
async function call(name, request = {}, options = {}) {
  if (LOOKS.has(name)) return answerTo(name, request, options);
  editing += 1;
  try {
    return await answerTo(name, request, options);
  } finally {
    setTimeout(() => { editing -= 1; }, 0); // once the caller has taken it over
  }
}

async function answerTo(name, request, options) {
  let answer;
  try {
    answer = await fetch(`api/${name}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(request), ...options,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    disconnected();
    throw new OfflineError();
  }
  if (answer.status === 403) {
    disconnected("forbidden");
    throw new OfflineError();
  }
  const content = await answer.json().catch(() => ({ fault: answer.statusText }));
  if (content.refusal) throw new RefusedError(content.refusal);
  if (!answer.ok || !("ok" in content)) throw new RefusedError({ message: say("fault"), help: String(content.fault ?? content.error ?? "") });
  return content.ok;
}

// What a person asked for: a refusal is displayed, and then the result is null.
async function ask(name, request = {}) {
  waiting += 1;
  root.toggleAttribute("data-busy", true);
  try {
    return await call(name, request);
  } catch (error) {
    if (error instanceof RefusedError) notice(error.message, error.help, "bad");
    else if (!(error instanceof OfflineError)) throw error;
    return null;
  } finally {
    waiting -= 1;
    if (!waiting) root.removeAttribute("data-busy");
  }
}

// A strip over the desk; it covers nothing.
function strip(id, drawing, title, text, ...buttons) {
  $("strips").querySelector(`[data-strip="${id}"]`)?.remove();
  if (title === null) return;
  $("strips").append(make("div", { className: "strip", data: { strip: id }, attributes: { role: "status" } },
    icon(drawing), make("p", {}, make("b", {}, title), ` ${text}`), ...buttons));
}

// A notice at the lower edge, until it is closed; one that reports success goes away by itself.
function notice(title, text = "", kind = "good", ...buttons) {
  const remove = () => element.remove();
  const element = make("div", { className: `notice ${kind}`, attributes: { role: kind === "bad" ? "alert" : "status" } },
    icon(kind === "good" ? "tick" : "warn"), make("p", {}, make("b", {}, title), text ? ` ${text}` : ""),
    make("div", { className: "row" }, ...buttons, button("", remove, { kind: "bare icon", drawing: "cross", label: say("close") })));
  $("notices").replaceChildren(element);
  if (kind === "good") setTimeout(remove, 8000);
  return element;
}

// `why` is "offline", or "forbidden" for a program that was started again with another secret; once
// its new address is opened in this browser, this page works again too.
function disconnected(why = "offline") {
  if (offline) return;
  offline = true;
  strip("offline", "away", say(why), say(`${why}Help`), button(say("tryNow"), reconnect));
  retrying = setInterval(reconnect, 3000);
  displaySaved();
}

async function reconnect() {
  try {
    const answer = await fetch("api/project", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
    if (!answer.ok) return;
  } catch { return; }
  if (!offline) return;
  offline = false;
  clearInterval(retrying);
  strip("offline", "", null);
  announce(say("connected"));
  Object.assign(desk, { state: -1, of: -1 }); // another run of the program counts anew
  listen();
  await saveAll();
  await changedOutside();
}

// --- what the program reports ---------------------------------------------------------------------

let events = null;

function listen() {
  events?.close();
  events = null;
  if (document.hidden) return; // browsers limit the connections of all pages to one address
  events = new EventSource("events");
  events.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.checked) checkedInBackground();
    else heard(event.number);
  };
}

// An edit of this page is heard of before its answer is there: then nobody else has changed anything.
let newest = 0; // state
let catching = false; // up with it
async function heard(number) {
  newest = number;
  if (catching) return;
  catching = true;
  try {
    let seen;
    do {
      seen = newest;
      while (editing) await new Promise((resolve) => setTimeout(resolve, 30));
      if (newest > desk.state) await changedOutside();
    } while (newest !== seen);
  } finally {
    catching = false;
  }
}
document.addEventListener("visibilitychange", listen);
