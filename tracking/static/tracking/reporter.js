// Reports what was played, in order, until each report is acknowledged.
//
// A report is frozen when it is first sent and keeps its token and number, so a repeated one changes nothing on the server.
// What is played meanwhile waits in the next report. `send(body)` resolves to {status, answer, retryAfterMs} and rejects
// without a network. What is not acknowledged can be asked for at any time, to be kept where a crash does not reach it.
import { merge, total } from "./intervals.js";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const LEAST_SPREAD_MS = 1_000;
const MOST_INTERVALS = 64; // the server reads no more in one report

// How long to wait before the next try. Never what all others wait: players that failed together come back one by one.
// When the server says how long (`retryAfterMs`), nobody comes back sooner.
export function waitBeforeTry(attempt, random, retryAfterMs) {
  if (retryAfterMs > 0) return Math.round(retryAfterMs + Math.max(LEAST_SPREAD_MS, retryAfterMs) * random);
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return Math.round(most * (0.5 + random / 2));
}

// Whether an answer says "later" and not "no"; null is no answer at all.
export function isLater(reply) {
  return reply === null || reply.status === 408 || reply.status === 429 || reply.status >= 500;
}

export class Reporter {
  #source;
  #send;
  #later;
  #on;
  #random;
  #token = null;
  #lease = 0; // counts the leases: an answer to an older one is not heard
  #sequence = 0;
  #waiting = []; // {intervals, visible, rate, positionMs, sequence?, token?}; the first is under way
  #isSending = false;
  #attempt = 0;
  #timer = null;
  #timers = 0;

  constructor({ source, send, later = (run, wait) => setTimeout(run, wait), random = Math.random, on }) {
    this.#source = source;
    this.#send = send;
    this.#later = later;
    this.#random = random;
    this.#on = on;
  }

  // A new lease: what could not be reported under the old one is over.
  start(token) {
    this.stop();
    this.#token = token;
  }

  stop() {
    this.#lease += 1;
    this.#token = null;
    this.#sequence = 0;
    this.#waiting = [];
    this.#attempt = 0;
    this.#timer = null;
    this.#isSending = false;
  }

  get isOpen() {
    return this.#token !== null;
  }

  get token() {
    return this.#token;
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

  // The network is back: do not wait any longer, but for a moment of one's own.
  retrySoon() {
    if (this.#timer !== null) this.#wait(Math.round(LEAST_SPREAD_MS * this.#random()));
  }

  // The bodies of all that was played and not acknowledged, in their order, as they would have to be sent from elsewhere.
  unacknowledged({ rate, positionMs }) {
    if (!this.isOpen) return [];
    let number = this.#sequence;
    const bodies = this.#waiting.map((report) => this.#body(report, report.sequence ?? number++));
    const facts = { visible: true, rate, positionMs: Math.round(positionMs) };
    for (const intervals of chunks(this.#source.peek())) bodies.push(this.#body({ intervals, ...facts }, number++));
    return bodies;
  }

  // Everything not acknowledged in one body, for the moment when the page goes away; null when one body cannot hold it.
  farewell({ rate, positionMs }) {
    if (!this.isOpen) return null;
    this.#freeze({ visible: true, rate, positionMs: Math.round(positionMs), force: false });
    const seen = this.#waiting.filter((report) => report.visible);
    const unfrozen = this.#waiting.filter((report) => report.sequence === undefined).length;
    const body = this.#body(
      {
        intervals: merge(seen.flatMap((report) => report.intervals)),
        visible: true,
        rate: Math.max(rate, ...seen.map((report) => report.rate)),
        positionMs: Math.round(positionMs),
      },
      this.#sequence + unfrozen, // newer than whatever was kept of it elsewhere
    );
    this.stop();
    return body.intervals.length > MOST_INTERVALS ? null : body;
  }

  #freeze({ visible, rate, positionMs, force }) {
    const pieces = this.#source.take();
    if (pieces.length === 0 && !(force && this.#waiting.length === 0)) return;
    const last = this.#waiting.at(-1);
    const canJoin = last && last.sequence === undefined && last.visible === visible && last.rate === rate;
    const joined = canJoin ? merge([...last.intervals, ...pieces]) : [];
    if (canJoin && joined.length <= MOST_INTERVALS) {
      last.intervals = joined;
      last.positionMs = positionMs;
      return;
    }
    const parts = pieces.length ? chunks(pieces) : [[]];
    for (const intervals of parts) this.#waiting.push({ intervals, visible, rate, positionMs });
  }

  #body({ intervals, visible, rate, positionMs, token = this.#token }, sequence) {
    return { token, sequence, intervals, visible, rate, position_ms: positionMs };
  }

  async #pump() {
    if (this.#isSending || this.#timer !== null || this.#waiting.length === 0) return;
    const report = this.#waiting[0];
    const lease = this.#lease;
    report.sequence ??= this.#sequence++;
    report.token ??= this.#token;
    this.#isSending = true;
    let reply = null;
    try {
      reply = await this.#send(this.#body(report, report.sequence));
    } catch {
      // without a network: tried again below
    }
    if (lease !== this.#lease) return;
    this.#isSending = false;
    this.#settle(reply);
    if (lease === this.#lease) this.#pump();
  }

  #settle(reply) {
    if (isLater(reply)) {
      this.#wait(waitBeforeTry(this.#attempt, this.#random(), reply?.retryAfterMs));
      this.#attempt += 1;
      this.#on.trouble(reply === null ? "offline" : "busy");
      return;
    }
    this.#attempt = 0;
    this.#waiting.shift();
    if (reply.status === 200) {
      this.#token = reply.answer.token ?? this.#token;
      this.#on.answer(reply.answer, this.waitingMs);
      return;
    }
    const lease = this.#lease;
    this.#on.ended(reply.answer, reply.status); // it may still ask for what was not acknowledged
    if (lease === this.#lease) this.stop();
  }

  #wait(milliseconds) {
    const mine = ++this.#timers;
    this.#timer = mine;
    this.#later(() => {
      if (this.#timer !== mine) return;
      this.#timer = null;
      this.#pump();
    }, milliseconds);
  }
}

function chunks(pieces) {
  const parts = [];
  for (let at = 0; at < pieces.length; at += MOST_INTERVALS) parts.push(pieces.slice(at, at + MOST_INTERVALS));
  return parts;
}
