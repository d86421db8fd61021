// Small comforts; every page works without them.
document.documentElement.classList.add("js");

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
document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenus(null));
