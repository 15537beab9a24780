// Long work: the step that it is at, what is safe meanwhile, and a way to stop it.

const LOOK_AGAIN = 300; // milliseconds

// Displays a job until it is done, and returns what came of it; null where the program is gone.
// `steps` are the names of its steps that are displayed, each with its place among all of them.
async function runJob(id, title, help, steps) {
  job = { id };
  const bar = make("progress", { max: 1, value: 0, ariaLabel: title });
  const list = make("ol", { className: "steps" });
  const cancel = button(say("stop"), async () => { cancel.ariaDisabled = "true"; await ask("cancel", { job: id }); }, { id: "stop-job" });
  fillPage(make("div", { className: "narrow" }, make("h1", { tabIndex: -1 }, title), make("p", { className: "big quiet" }, help), bar, list, make("div", { className: "row" }, cancel)));
  $("page").querySelector("h1").focus();
  let at = "", now = null;
  for (;;) {
    now = await ask("job", { job: id });
    if (!now) break;
    if (now.name !== at) announce(say(`step-${at = now.name}`));
    drawSteps(list, bar, now, steps);
    if (now.done) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
  job = null;
  return now;
}

function drawSteps(list, bar, { step: at, of, text, part }, steps) {
  const [done, total] = part ?? [0, 0];
  bar.value = (at + (total ? done / total : 0.5)) / of;
  list.replaceChildren(...steps.map(([name, n]) => make("li", { className: n < at ? "done" : n === at ? "now" : "" }, n < at ? icon("tick") : n === at ? icon("clock") : make("i"),
    make("span", {}, say(`step-${name}`), n === at && text ? make("span", { className: "quiet" }, ` ${text}`) : ""))));
}

// Why a job made nothing, as a list.
const refusalList = (refusals) => make("ul", { className: "plan" }, ...refusals.map((one) => make("li", {}, make("p", {}, sentence(one.message)), one.help ? make("p", { className: "quiet" }, sentence(one.help)) : "")));

function downloadLink(file, main = true) {
  const link = make("a", { className: `button ${main ? "main" : ""}`, href: `download/${file.token}`, download: file.name }, icon("download"), say("download"), " ", make("span", {}, file.name));
  return make("li", {}, link, make("span", { className: "quiet" }, size(file.size)));
}
