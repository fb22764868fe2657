"use strict";

const pane = document.querySelector(".pane");
const sheet = document.querySelector(".sheet");
const filters = document.querySelector(".filters");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const motion = () => (calm.matches ? "auto" : "smooth");
const boxOf = new Map(
  [...document.querySelectorAll(".box")].map((box) => [box.dataset.card, box]),
);

function light(id, on) {
  const box = boxOf.get(id);
  document.getElementById(id).classList.toggle("lit", on);
  box?.classList.toggle("lit", on);
  sheet?.classList.toggle("pointing", on && Boolean(box));
}

function reveal(box) {
  const place = box.getBoundingClientRect();
  const view = pane.getBoundingClientRect();
  if (place.top >= view.top && place.bottom <= view.bottom) return;
  const middle = (place.top + place.bottom) / 2 - (view.top + view.bottom) / 2;
  pane.scrollBy({ top: middle, behavior: motion() });
}

function follow(node, id, onEnter) {
  const enter = () => { light(id, true); onEnter?.(); };
  const leave = () => light(id, false);
  node.addEventListener("pointerenter", enter);
  node.addEventListener("pointerleave", leave);
  node.addEventListener("focusin", enter);
  node.addEventListener("focusout", leave);
}

function open(event, id) {
  event.preventDefault();
  const card = document.getElementById(id);
  if (card.hidden) show("");
  const group = card.closest("details.reason");
  if (group) group.open = true;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ behavior: motion(), block: "center" });
}

function show(kind) {
  for (const chip of filters.querySelectorAll("button")) {
    chip.setAttribute("aria-pressed", String(chip.dataset.kind === kind));
  }
  for (const node of document.querySelectorAll(".box, .card, .tile")) {
    node.toggleAttribute("hidden", Boolean(kind) && node.dataset.kind !== kind);
  }
  for (const section of document.querySelectorAll("[data-section]")) {
    const all = section.querySelectorAll(".card, .tile");
    section.hidden = all.length > 0 && [...all].every((card) => card.hidden);
  }
  const left = document.querySelectorAll(".card:not([hidden]), .tile:not([hidden])").length;
  filters.querySelector("[role=status]").textContent = `${left} images shown`;
  const columns = document.querySelector(".columns");
  if (columns.getBoundingClientRect().top < 0) columns.scrollIntoView();
}

for (const [id, box] of boxOf) follow(box, id);
for (const link of document.querySelectorAll(".box, .tile a[href^='#']")) {
  link.addEventListener("click", (event) => open(event, link.getAttribute("href").slice(1)));
}
for (const card of document.querySelectorAll(".card, .tile")) {
  const box = boxOf.get(card.id);
  follow(card, card.id, box && (() => reveal(box)));
}
if (filters) {
  filters.hidden = false;
  filters.addEventListener("click", (event) => {
    const chip = event.target.closest("button");
    if (chip) show(chip.dataset.kind);
  });
}
