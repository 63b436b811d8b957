// The timeline of a deck of slides: page p, counted from 0, stands from p · pageMs to (p + 1) · pageMs.
//
// While a page is shown its time runs, through whatever of it is not known yet, and stops at the page's end until the page
// is turned. What is known is what the server has credited and what was shown here since. A reporter takes what was shown.
import { merge, total } from "./intervals.js";
import { Played } from "./played.js";

const LONGEST_TICK_MS = 5_000; // a sleeping machine shows nothing

export class PageClock {
  #pageMs;
  #played = new Played();
  #known = [];
  #page = 0;
  #position = 0;
  #gapEnd = 0;
  #checkedAt = null;

  constructor({ pageCount, pageMs, coverage = [] }) {
    this.pageCount = pageCount;
    this.#pageMs = pageMs;
    this.#known = merge(coverage);
  }

  get page() {
    return this.#page;
  }

  // Where the timeline stands: within the page that is shown, so that one comes back to it.
  get positionMs() {
    return Math.min(Math.floor(this.#position), this.#end(this.#page) - 1);
  }

  // The page on which a position lies.
  pageAt(positionMs) {
    return this.#clamp(Math.floor(positionMs / this.#pageMs));
  }

  turnTo(page) {
    this.#pause();
    this.#page = this.#clamp(page);
    this.#position = this.#start(this.#page);
  }

  // Call often. The time since the last call counts if the page was shown throughout.
  tick(nowMs, isShown) {
    const since = this.#checkedAt === null ? 0 : nowMs - this.#checkedAt;
    if (isShown && this.#checkedAt !== null && since > 0 && since < LONGEST_TICK_MS) this.#run(since);
    if (!isShown) this.#pause();
    else this.#checkedAt = nowMs;
  }

  // How much of a page is known, and how much of it is left to be shown.
  shownMs(page, all = this.#all()) {
    const [start, end] = [this.#start(page), this.#end(page)];
    const inside = all.map(([from, to]) => [Math.max(from, start), Math.min(to, end)]);
    return total(inside.filter(([from, to]) => from < to));
  }

  // How far each page is: "read", "begun" or "unread".
  get states() {
    const all = this.#all();
    return Array.from({ length: this.pageCount }, (_none, page) => {
      const shown = this.shownMs(page, all);
      if (shown === this.#pageMs) return "read";
      return shown > 0 ? "begun" : "unread";
    });
  }

  leftMs(page = this.#page) {
    return this.#pageMs - this.shownMs(page);
  }

  isRead(page = this.#page) {
    return this.leftMs(page) === 0;
  }

  // The first page after this one that is not read to its end, or else the first before it; null when all are.
  get nextUnread() {
    const { states } = this;
    const isLeft = (page) => states[page] !== "read";
    const pages = [...states.keys()];
    return pages.find((page) => page > this.#page && isLeft(page)) ?? pages.find(isLeft) ?? null;
  }

  // What the server says is credited. What is not reported yet stays known; `keeps` what was reported and waits.
  settle(coverage, { keeps = false } = {}) {
    const mine = keeps ? this.#known : [];
    this.#known = merge([...coverage, ...mine, ...this.#played.peek()]);
    if (this.#played.isRunning) return;
    this.#position = Math.max(this.#position, this.#start(this.#page));
  }

  // --- what the reporter asks -------------------------------------------------------------------------------------
  get unreportedMs() {
    return this.#played.unreportedMs;
  }

  peek() {
    return this.#played.peek();
  }

  take() {
    const taken = this.#played.take();
    this.#known = merge([...this.#known, ...taken]);
    return taken;
  }

  #run(since) {
    let left = since;
    while (left > 0) {
      if (!this.#played.isRunning && !this.#begin()) return;
      const step = Math.min(left, this.#gapEnd - this.#position);
      this.#position += step;
      left -= step;
      this.#played.reach(this.#position);
      if (this.#position >= this.#gapEnd) this.#rest();
    }
  }

  // Go on at the first point of the page that is not known; says whether there is one.
  #begin() {
    const end = this.#end(this.#page);
    let at = this.#start(this.#page);
    this.#gapEnd = end;
    for (const [from, to] of this.#all()) {
      if (to <= at) continue;
      if (from > at) {
        this.#gapEnd = Math.min(from, end);
        break;
      }
      at = to;
    }
    if (at >= end) return false;
    this.#position = at;
    this.#played.begin(at);
    return true;
  }

  #rest() {
    this.#played.stop();
    this.#known = merge([...this.#known, ...this.#played.peek()]);
  }

  #pause() {
    this.#rest();
    this.#checkedAt = null;
  }

  #all() {
    return merge([...this.#known, ...this.#played.peek()]);
  }

  #start(page) {
    return page * this.#pageMs;
  }

  #end(page) {
    return (page + 1) * this.#pageMs;
  }

  #clamp(page) {
    return Math.min(Math.max(0, page), this.pageCount - 1);
  }
}
