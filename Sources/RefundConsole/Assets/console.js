// Pages work without this. It adds the reader's own clock beside UTC, and keeps live sections up to date.
"use strict";

/** Adds the local time to each time in UTC, where the reader's clock differs. */
function addLocalTimes(root) {
  for (const time of root.querySelectorAll("time.instant")) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    const withSeconds = time.classList.contains("exact");
    const local = date.toLocaleString(undefined, {
      weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
      hourCycle: "h23", second: withSeconds ? "2-digit" : undefined,
    });
    time.title = `${local} on your clock`;
    if (date.getTimezoneOffset() === 0) continue;
    const shown = document.createElement("span");
    shown.className = "local";
    shown.textContent = `${local} here`;
    const distance = time.nextElementSibling;
    (distance?.classList.contains("distance") ? distance : time).after(shown);
  }
}

/** Whether somebody is reading or filling in something there, which must not change under their hands. */
function isInUse(section) {
  return section.contains(document.activeElement) || section.querySelector("details[open]") !== null;
}

/** Takes over what has changed: section by section, or all at once where a section is new. */
function takeOver(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  addLocalTimes(fresh);
  const known = new Set([...document.querySelectorAll("[data-live]")].map((section) => section.dataset.live));
  const isNew = [...fresh.querySelectorAll("[data-live]")].some((section) => !known.has(section.dataset.live));
  const main = document.querySelector("main");
  // First, since what is taken over section by section is no longer in the fresh page.
  if (isNew && !isInUse(main)) main.replaceChildren(...document.adoptNode(fresh.querySelector("main")).childNodes);
  for (const section of document.querySelectorAll("[data-live]")) {
    const other = fresh.querySelector(`[data-live="${section.dataset.live}"]`);
    if (other === null || section.innerHTML === other.innerHTML || isInUse(section)) continue;
    section.replaceChildren(...document.adoptNode(other).childNodes);
  }
}

function listen(page) {
  const mark = document.getElementById("live");
  const source = new EventSource(`/live?page=${encodeURIComponent(page)}`);
  source.addEventListener("open", () => { mark.hidden = false; });
  source.addEventListener("error", () => { mark.hidden = true; });
  source.addEventListener("page", (event) => takeOver(event.data));
  source.addEventListener("end", () => { mark.hidden = true; source.close(); });
  addEventListener("pagehide", () => source.close());
}

addLocalTimes(document);
if (document.body.dataset.page !== undefined && "EventSource" in window) listen(document.body.dataset.page);
