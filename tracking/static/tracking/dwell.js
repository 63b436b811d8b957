// Time spent on a text: it runs while the page is visible and its reader was active not long ago.

export const ACTIVE_FOR_MS = 60_000;

export class Dwell {
  #base; // where on the lesson's timeline the time not acknowledged begins
  #required; // where the timeline ends
  #unreported = 0;
  #sent = 0;
  #checkedAt = null;
  #activeAt = null;

  constructor(firstGapMs, requiredMs) {
    this.#base = firstGapMs;
    this.#required = requiredMs;
  }

  // The reader scrolled, typed, pointed or touched.
  touch(nowMs) {
    this.#activeAt = nowMs;
  }

  isActive(nowMs) {
    return this.#activeAt !== null && nowMs - this.#activeAt <= ACTIVE_FOR_MS;
  }

  // Call often. Time since the last call counts if the clock was running; a sleeping machine adds nothing.
  tick(nowMs, isRunning) {
    const since = this.#checkedAt === null ? 0 : nowMs - this.#checkedAt;
    const room = this.#required - this.#base - this.#sent - this.#unreported;
    if (isRunning && since > 0 && since < 5_000) this.#unreported += Math.min(since, Math.max(0, room));
    this.#checkedAt = isRunning ? nowMs : null;
  }

  get unreportedMs() {
    return Math.round(this.#unreported);
  }

  // What `take` would give.
  peek() {
    const start = this.#base + this.#sent;
    return this.unreportedMs === 0 ? [] : [[start, start + this.unreportedMs]];
  }

  take() {
    const taken = this.peek();
    this.#sent += this.unreportedMs;
    this.#unreported = 0;
    return taken;
  }

  // The server has answered: the timeline goes on from the first point it has not credited.
  settle(firstGapMs, stillSentMs) {
    this.#base = firstGapMs;
    this.#sent = stillSentMs;
  }
}
