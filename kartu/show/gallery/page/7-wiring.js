// Event handlers.

addEventListener("beforeprint", handout);
addEventListener("afterprint", () => $("handout").replaceChildren());
addEventListener("popstate", () => { readAddress(); render(); });
new ResizeObserver(fit).observe($("list"));
document.querySelector(".settings").open = matchMedia("(min-width: 48rem)").matches;

$("search").addEventListener("input", () => change({ search: $("search").value }));
for (const key of CHOICES) $(key).addEventListener("change", () => change({ [key]: $(key).value }));
$("deck").addEventListener("change", () => {
  const { view, theme, device } = state;
  change({ ...defaults(), view, theme, device, deck: $("deck").value }, true);
});
for (const input of document.querySelectorAll("input[type=radio]")) input.addEventListener("change", () => {
  const first = shown.find((tile) => tile.near) || shown[0];
  change({ [input.name]: input.value, ...(input.value === "one" && !state.card ? { card: first?.key || "" } : {}) });
});
$("flip-all").addEventListener("click", () => {
  const back = shown.some((tile) => !tile.back);
  for (const tile of shown) flip(tile, back);
});
$("clear").addEventListener("click", () => change({ search: "", subdeck: "", type: "", tag: "", edition: "", diagnostic: "" }));
$("print").addEventListener("click", async () => { await handout(); print(); });
$("language").addEventListener("click", () => {
  setLanguage(root.lang === "id" ? "en" : "id");
  try { localStorage.setItem("kartu-language", root.lang); } catch { /* not saved then */ }
  render();
});
$("previous").addEventListener("click", () => step(-1));
$("next").addEventListener("click", () => step(1));
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  $("cards").focus();
});

if (live) {
  let events = null;
  let disconnected = false;
  const listen = () => {
    events?.close();
    events = null;
    if (document.hidden) return; // browsers limit the connections of all tabs to one address
    events = new EventSource("events");
    events.onmessage = ({ data }) => {
      if (!disconnected && data === String(content.build)) return;
      disconnected = false;
      document.head.append(make("script", { src: `cards.js?${encodeURIComponent(data)}`, onload() { this.remove(); } }));
    };
    events.onerror = () => {
      disconnected = true;
      $("state").textContent = say("lost");
    };
  };
  document.addEventListener("visibilitychange", listen);
  listen();
}

return { show, deck: receive, media: (name, data) => resolvers.get(name)?.(data) };
