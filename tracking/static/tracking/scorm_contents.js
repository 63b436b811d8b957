// The table of contents: how far each item is in a sign and in words, and why one cannot be opened.
import { fill } from "./words.js";
import { isSettled, progressOf, rowsOf, scrollBy } from "./scorm_page_rules.js";

export class Contents {
  #list;
  #sum;
  #texts;
  #choose;
  #drawn = "";

  // `choose(id)` is called for an item that may be opened.
  constructor({ list, sum, texts, choose }) {
    this.#list = list;
    this.#sum = sum;
    this.#texts = texts;
    this.#choose = choose;
    list.addEventListener("click", (event) => {
      const entry = event.target.closest("[data-activity]");
      if (entry && entry.getAttribute("aria-disabled") !== "true") this.#choose(entry.dataset.activity);
    });
  }

  show(items) {
    const rows = rowsOf(items);
    const drawn = JSON.stringify(rows);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const focused = document.activeElement?.closest?.("[data-activity]")?.dataset.activity;
    this.#list.replaceChildren(...rows.map((row) => this.#row(row)));
    const { done, all } = progressOf(items);
    this.#sum.textContent = fill(this.#texts.tocSum, { done, all });
    if (focused !== undefined) this.#entryOf(focused)?.focus({ preventScroll: true });
    this.#reveal(this.#list.querySelector("[aria-current]"));
  }

  // Within the list alone: the page stays where its reader has it.
  #reveal(entry) {
    if (!entry) return;
    const box = this.#list.getBoundingClientRect();
    const { top, bottom } = entry.getBoundingClientRect();
    this.#list.scrollTop += scrollBy({ top: top - box.top, bottom: bottom - box.top }, box.height);
  }

  #entryOf(id) {
    return [...this.#list.querySelectorAll("[data-activity]")].find((entry) => entry.dataset.activity === id);
  }

  #row({ id, title, depth, isLeaf, isCurrent, isEnabled, state }) {
    const item = document.createElement("li");
    const entry = document.createElement("button");
    const name = document.createElement("span");
    const words = document.createElement("span");
    item.className = `contents__item contents__item--${depth}`;
    Object.assign(entry, { type: "button", className: "contents__entry" });
    Object.assign(entry.dataset, { activity: id, state });
    if (!isLeaf) entry.classList.add("contents__entry--cluster");
    if (isCurrent) entry.setAttribute("aria-current", "true");
    if (!isEnabled) entry.setAttribute("aria-disabled", "true");
    name.className = "contents__name";
    name.textContent = title;
    name.lang = "zh-Hans";
    words.className = "contents__state";
    words.textContent = this.#wordsOf({ isLeaf, isCurrent, isEnabled, state });
    entry.append(name, words);
    item.append(entry);
    return item;
  }

  #wordsOf({ isLeaf, isCurrent, isEnabled, state }) {
    const words = [this.#texts[`item_${state}`]];
    if (isCurrent) words.unshift(this.#texts.itemCurrent);
    else if (!isEnabled && isLeaf && !isSettled(state)) words.push(this.#texts.itemShut);
    return words.join(" · ");
  }
}
