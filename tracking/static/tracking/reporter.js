// Reports what was played, in order, until each report is acknowledged.
//
// A report is frozen when it is first sent and keeps its number, so a repeated one changes nothing on the server. What is
// played meanwhile waits in the next report. `send(body)` resolves to {status, answer, retryAfterMs} and rejects without a network.
import { merge, total } from "./intervals.js";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const MOST_INTERVALS = 64;

export function waitBeforeTry(attempt, random) {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return Math.round(most * (0.5 + random / 2)); // jittered: not all players come back at once
}

export class Reporter {
  #source;
  #send;
  #later;
  #on;
  #token = null;
  #sequence = 0;
  #waiting = []; // {intervals, visible, rate, positionMs, sequence?}; the first is under way
  #isSending = false;
  #attempt = 0;
  #timer = null;

  constructor({ source, send, later = (run, wait) => setTimeout(run, wait), on }) {
    this.#source = source;
    this.#send = send;
    this.#later = later;
    this.#on = on;
  }

  // A new lease: what could not be reported under the old one is over.
  start(token) {
    this.#token = token;
    this.#sequence = 0;
    this.#waiting = [];
    this.#attempt = 0;
  }

  stop() {
    this.#token = null;
    this.#waiting = [];
  }

  get isOpen() {
    return this.#token !== null;
  }

  get waitingMs() {
    return this.#waiting.reduce((sum, report) => sum + total(report.intervals), 0);
  }

  // Freeze what was played and send it. `force` reports even when nothing was played, to hear how the lease stands.
  flush({ visible, rate, positionMs, force = false }) {
    if (!this.isOpen) return;
    this.#freeze({ visible, rate, positionMs: Math.round(positionMs), force });
    this.#pump();
  }

  // Everything not acknowledged in one body, for the moment when the page goes away.
  farewell({ rate, positionMs }) {
    if (!this.isOpen) return null;
    this.#freeze({ visible: true, rate, positionMs: Math.round(positionMs), force: false });
    const seen = this.#waiting.filter((report) => report.visible);
    const body = this.#body({
      intervals: merge(seen.flatMap((report) => report.intervals)).slice(-MOST_INTERVALS),
      visible: true,
      rate: Math.max(rate, ...seen.map((report) => report.rate)),
      positionMs: Math.round(positionMs),
      sequence: this.#sequence,
    });
    this.stop();
    return body;
  }

  #freeze({ visible, rate, positionMs, force }) {
    const intervals = this.#source.take().slice(-MOST_INTERVALS);
    if (intervals.length === 0 && !(force && this.#waiting.length === 0)) return;
    const last = this.#waiting.at(-1);
    const canJoin = last && last.sequence === undefined && last.visible === visible && last.rate === rate;
    if (canJoin) {
      last.intervals = merge([...last.intervals, ...intervals]).slice(-MOST_INTERVALS);
      last.positionMs = positionMs;
    } else {
      this.#waiting.push({ intervals, visible, rate, positionMs });
    }
  }

  #body({ intervals, visible, rate, positionMs, sequence }) {
    return { token: this.#token, sequence, intervals, visible, rate, position_ms: positionMs };
  }

  async #pump() {
    if (this.#isSending || this.#timer !== null || this.#waiting.length === 0) return;
    const report = this.#waiting[0];
    const token = this.#token;
    report.sequence ??= this.#sequence++;
    this.#isSending = true;
    let reply = null;
    try {
      reply = await this.#send(this.#body(report));
    } catch {
      // without a network: tried again below
    }
    this.#isSending = false;
    if (token === this.#token) this.#settle(reply);
    this.#pump();
  }

  #settle(reply) {
    if (reply === null || reply.status === 429 || reply.status >= 500) {
      const wait = reply?.retryAfterMs ?? waitBeforeTry(this.#attempt, Math.random());
      this.#attempt += 1;
      this.#timer = this.#later(() => {
        this.#timer = null;
        this.#pump();
      }, wait);
      this.#on.trouble(this.waitingMs);
      return;
    }
    this.#attempt = 0;
    this.#waiting.shift();
    if (reply.status === 200) {
      this.#on.answer(reply.answer, this.waitingMs);
    } else {
      this.stop();
      this.#on.ended(reply.answer, reply.status);
    }
  }
}
