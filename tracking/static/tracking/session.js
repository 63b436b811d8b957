// One lesson being studied on this page: its lease, its reports and what the panel says.
import { merge } from "./intervals.js";
import { Lease, postReport } from "./lease.js";
import { Meter } from "./meter.js";
import { Reporter } from "./reporter.js";

const QUIET_MS = 60_000; // after a longer pause the lease is asked for before anything is played
const RETRY_FINISH_MS = 3_000;

export function readPage() {
  const json = (id) => JSON.parse(document.getElementById(id).textContent);
  const csrf = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  return { config: json("study-config"), texts: json("study-texts"), csrf };
}

export class Session {
  #config;
  #reporter;
  #lease;
  #timer = null;
  #heardAt = 0;
  #opening = null;
  #triedAt = -Infinity;
  #source;
  #facts; // () => ({rate, positionMs})
  #on; // {opened(positionMs), answer(answer, waitingMs), stopped(), completed()}

  constructor({ page, source, facts, on }) {
    this.#config = page.config;
    this.texts = page.texts;
    this.meter = new Meter({ texts: page.texts, reasons: page.config.reasons, notCounted: page.config.notCounted });
    this.coverage = page.config.coverage;
    this.creditedMs = page.config.creditedMs;
    this.isCompleted = page.config.completed;
    this.#source = source;
    this.#facts = facts;
    this.#on = on;
    this.#lease = new Lease({ url: page.config.leaseUrl, csrf: page.csrf });
    this.#reporter = new Reporter({
      source,
      send: (body) => postReport(page.config.heartbeatUrl, body),
      on: {
        answer: (answer, waitingMs) => this.#answered(answer, waitingMs),
        ended: (answer, status) => this.#ended(answer, status),
        trouble: () => this.meter.show("offline"),
      },
    });
    addEventListener("pagehide", () => this.#leave());
  }

  get isOpen() {
    return this.#reporter.isOpen;
  }

  // Make sure that playing counts from now on; says whether it does. A learnt lesson plays without a lease.
  async ensure({ takeOver = false } = {}) {
    if (this.isCompleted) return true;
    const isFresh = performance.now() - this.#heardAt < QUIET_MS;
    if (this.isOpen && !takeOver && (isFresh || this.#reporter.waitingMs > 0)) return true;
    this.#opening ??= this.#open(takeOver).finally(() => (this.#opening = null));
    return this.#opening;
  }

  // Played and not acknowledged yet.
  get pendingMs() {
    return this.isOpen ? this.#reporter.waitingMs + this.#source.unreportedMs : 0;
  }

  // Show what waits for confirmation, and report at once when it would complete the lesson.
  showPending() {
    const pendingMs = this.pendingMs;
    this.meter.pending(pendingMs);
    const isEnough = this.creditedMs + pendingMs >= this.#config.requiredMs;
    if (!this.isOpen || !isEnough || performance.now() - this.#triedAt < RETRY_FINISH_MS) return;
    this.#triedAt = performance.now();
    this.report();
  }

  begin() {
    if (this.isCompleted || !this.isOpen) return;
    this.#timer ??= setInterval(() => this.report(), this.#config.beatMs);
    this.meter.show("counting");
  }

  // Report now; `isVisible` says how the page was while what is reported was played.
  report({ isVisible = true, rate } = {}) {
    const facts = this.#facts();
    this.#reporter.flush({ visible: isVisible, rate: rate ?? facts.rate, positionMs: facts.positionMs });
  }

  pause(state = "paused") {
    clearInterval(this.#timer);
    this.#timer = null;
    this.report();
    if (!this.isCompleted && this.isOpen) this.meter.show(state);
  }

  async #open(takeOver) {
    this.meter.show("opening");
    this.meter.offerTakeOver(false);
    let reply;
    try {
      reply = await this.#lease.open({ takeOver });
    } catch {
      reply = { status: 0, message: "" };
    }
    if (reply.token) {
      this.#reporter.start(reply.token);
      this.#heardAt = performance.now();
      this.#adopt(reply.progress);
      return true;
    }
    const isHeld = reply.status === 409;
    this.meter.show(isHeld ? "held" : reply.status === 0 ? "offline" : "refused", reply.message);
    this.meter.offerTakeOver(isHeld);
    return false;
  }

  // What the last page reported while leaving may have arrived after this page was made.
  #adopt(progress) {
    this.coverage = merge(progress.coverage);
    this.creditedMs = progress.credited_ms;
    this.meter.credit(this.creditedMs, this.#config.requiredMs);
    this.#on.opened(progress.position_ms);
  }

  #answered(answer, waitingMs) {
    this.#heardAt = performance.now();
    this.coverage = merge(answer.coverage);
    this.creditedMs = answer.credited_ms;
    this.meter.credit(answer.credited_ms, answer.required_ms);
    this.meter.addNotCounted(answer.not_counted);
    this.meter.pending(this.pendingMs);
    if (this.meter.state === "offline") this.meter.show(this.#timer === null ? "paused" : "counting");
    this.#on.answer(answer, waitingMs);
    if (answer.completed) this.#complete();
  }

  #ended(answer, status) {
    clearInterval(this.#timer);
    this.#timer = null;
    if (answer.completed) {
      this.#complete();
      return;
    }
    this.meter.addNotCounted(answer.not_counted);
    const reason = status === 409 && answer.end_reason in this.texts ? answer.end_reason : "refused";
    this.meter.show(reason, answer.message ?? "");
    this.meter.offerTakeOver(reason === "taken_over");
    this.#on.stopped();
  }

  #complete() {
    clearInterval(this.#timer);
    this.#timer = null;
    this.#reporter.stop();
    this.isCompleted = true;
    this.meter.show("completed");
    this.meter.pending(0);
    this.meter.complete();
    this.#on.completed();
  }

  #leave() {
    clearInterval(this.#timer);
    this.#timer = null;
    const body = this.#reporter.farewell(this.#facts());
    if (body) postReport(this.#config.endUrl, body).catch(() => {});
  }
}
