"use strict";
// The page needs no script to be read. Where one may run, findings can be searched.
for (const cards of document.querySelectorAll(".cards[data-find]")) {
  const all = [...cards.querySelectorAll("article")].map((card) => [card, card.textContent.toLocaleLowerCase()]);
  const box = document.createElement("p");
  const label = document.createElement("label");
  const field = document.createElement("input");
  const said = document.createElement("span");
  box.className = "find";
  field.type = "search";
  said.setAttribute("role", "status");
  label.append(cards.dataset.find, " ", field);
  box.append(label, " ", said);
  cards.before(box);
  field.addEventListener("input", () => {
    const words = field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const [card, text] of all) {
      card.hidden = !words.every((word) => text.includes(word));
      n += card.hidden ? 0 : 1;
    }
    said.textContent = words.length ? cards.dataset.found.replace("{n}", n) : "";
  });
}
function reveal() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place) return;
  if (place.hidden) place.hidden = false;
  const own = place.querySelector(":scope > details.annex");
  if (own) own.open = true;
  for (let up = place.parentElement; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
  place.scrollIntoView();
}
addEventListener("hashchange", reveal);
if (location.hash) reveal();
