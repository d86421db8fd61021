// Small comforts; every page works without them.
// Browsers keep the clipboard from pages that came over plain http from another host: no button that could do nothing.
if (navigator.clipboard) document.documentElement.classList.add("js");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  navigator.clipboard.writeText(button.dataset.copy).then(
    () => {
      button.classList.add("copied");
      setTimeout(() => button.classList.remove("copied"), 1500);
    },
    () => undefined,
  );
});

// Exact times on hover in the reader's own zone.
document.addEventListener("pointerover", (event) => {
  const time = event.target.closest("time[datetime]");
  if (time) time.title = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
});

// An open menu closes when something else is clicked, or with Escape.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const summary = document.activeElement?.closest("details.menu[open]")?.querySelector("summary");
  closeMenus(null);
  summary?.focus();
});

// A page whose stream is cut says so: what it shows may be long past.
const PATIENCE_MS = 5_000;
let cut = null;
let seenAt = new Date();
const sayStale = (text) => {
  const stale = document.getElementById("stale");
  if (stale && stale.textContent !== text) stale.textContent = text;
};
const connected = () => {
  clearTimeout(cut);
  cut = null;
  seenAt = new Date();
  sayStale("");
};
const disconnected = (event) => {
  if (event.detail?.status === 401) {
    clearTimeout(cut);
    cut = -1;
    sayStale("You are logged out. Reload the page to log in again.");
  }
  cut ??= setTimeout(
    () =>
      sayStale(`Tallyman does not answer. This is how it was at ${seenAt.toLocaleTimeString()}; it goes on by itself.`),
    PATIENCE_MS,
  );
};
document.addEventListener("htmx:sse:after:connection", connected);
document.addEventListener("htmx:sse:after:message", () => {
  seenAt = new Date();
});
document.addEventListener(
  "htmx:sse:before:connection",
  (event) => event.detail?.connection?.attempt > 0 && disconnected(event),
);
document.addEventListener("htmx:sse:error", disconnected);
