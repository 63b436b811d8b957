// One lesson being studied on this page: its lease, its reports, its challenges and what the panel says.
import { ChallengeDialog } from "./challenge_dialog.js";
import { ChallengeFlow } from "./challenge_flow.js";
import { merge } from "./intervals.js";
import { Lease, postFarewell, postReport } from "./lease.js";
import { Meter } from "./meter.js";
import { Outbox } from "./outbox.js";
import { openStore } from "./outbox_store.js";
import { PageLocks } from "./page_locks.js";
import { activityWithoutLease, refusalIn, stateOf } from "./play_state.js";
import { Reporter } from "./reporter.js";
import { clock, fill } from "./words.js";

const QUIET_MS = 60_000; // after a longer pause the lease is asked for before anything is played
const RETRY_FINISH_MS = 3_000;
const KEEP_MS = 2_000; // a crash loses no more of what was played
const RESEND_MS = 30_000;
const PATIENT_SHARE = 0.8; // of the time after which the server takes a silent page for gone

export class Session {
  #config;
  #texts;
  #reporter;
  #lease;
  #leaseId = null;
  #locks = new PageLocks();
  #outbox;
  #flow;
  #dialog;
  #beat = null;
  #keeping = null;
  #resending = null;
  #heardAt = 0;
  #opening = null;
  #triedAt = -Infinity;
  #source;
  #facts; // () => ({rate, positionMs})
  #on; // {opened(positionMs, film?), answer(waitingMs), halt() → whether it ran, resume(), stopped(), completed(), online()}
  #activity;
  #detail = "";
  #trouble = null;
  #refusal = null;
  #isChallenged = false;
  #resumes = false;
  #resumeAt = null;

  constructor({ page, source, facts, on }) {
    const { config, texts, csrf } = page;
    this.#config = config;
    this.#texts = texts;
    this.meter = new Meter({ texts, reasons: config.reasons, notCounted: config.notCounted });
    this.coverage = config.coverage;
    this.creditedMs = config.creditedMs;
    this.provisionalMs = config.provisionalMs;
    this.isCompleted = config.completed;
    this.#activity = config.completed ? "completed" : "idle";
    this.#source = source;
    this.#facts = facts;
    this.#on = on;
    this.#lease = new Lease({ url: config.leaseUrl, csrf });
    this.#reporter = new Reporter({
      source,
      send: (body) => postReport(config.heartbeatUrl, body),
      on: {
        answer: (answer, waitingMs) => this.#answered(answer, waitingMs),
        ended: (answer, status) => this.#ended(answer, status),
        trouble: (trouble) => this.#troubled(trouble),
      },
    });
    this.#outbox = new Outbox({
      store: openStore(),
      locks: this.#locks,
      send: (body) => postReport(config.heartbeatUrl, body),
      learner: config.learnerKey,
      place: config.leaseUrl,
      own: Lease.remembered,
    });
    this.#flow = new ChallengeFlow({
      ask: () => postReport(config.challengeUrl, { token: this.#reporter.token }),
      answer: (id, key) => postReport(config.answerUrl, { token: this.#reporter.token, id, key }),
      on: {
        change: (view) => this.#dialog.show(view),
        remind: () => this.#dialog.remind(),
        passed: (answer) => this.#passed(answer),
        ended: (answer, status) => this.#challengeEnded(answer, status),
      },
    });
    this.#dialog = new ChallengeDialog({ texts, flow: this.#flow });
    this.meter.provisional(this.provisionalMs);
    this.#listen();
    this.#resend();
  }

  #listen() {
    addEventListener("pagehide", () => this.leave());
    addEventListener("offline", () => this.report()); // it fails, and that is said
    addEventListener("online", () => {
      this.#reporter.retrySoon();
      this.#on.online();
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.#isChallenged) this.#flow.open();
    });
    document.getElementById("to-challenge").addEventListener("click", () => this.#flow.open());
  }

  get isOpen() {
    return this.#reporter.isOpen;
  }

  get isChallenged() {
    return this.#isChallenged;
  }

  get activity() {
    return this.#activity;
  }

  // Make sure that playing counts from now on; says whether it does. A learnt lesson plays without a lease.
  // `renew` asks for a new lease even where one seems to live.
  async ensure({ takeOver = false, renew = false } = {}) {
    if (this.isCompleted) return true;
    const isFresh = performance.now() - this.#heardAt < QUIET_MS;
    if (!this.isOpen || takeOver || renew || (!isFresh && this.#reporter.waitingMs === 0)) {
      this.#opening ??= this.#open(takeOver).finally(() => (this.#opening = null));
      if (!(await this.#opening)) return false;
    }
    if (!this.#isChallenged) return true;
    this.#resumes = true;
    this.#flow.open();
    return false;
  }

  // Played and not acknowledged yet.
  get pendingMs() {
    return this.isOpen ? this.#reporter.waitingMs + this.#source.unreportedMs : 0;
  }

  // Show what waits for confirmation, and report at once when it would complete the lesson.
  showPending() {
    const pendingMs = this.pendingMs;
    this.meter.pending(pendingMs);
    const isEnough = this.creditedMs + this.provisionalMs + pendingMs >= this.#config.requiredMs;
    if (!this.isOpen || !isEnough || performance.now() - this.#triedAt < RETRY_FINISH_MS) return;
    this.#triedAt = performance.now();
    this.report();
  }

  begin() {
    if (this.isCompleted || !this.isOpen) return;
    this.#beat ??= setInterval(() => this.report(), this.#config.beatMs);
    this.say("playing");
  }

  // Report now; `isVisible` says how the page was while what is reported was played.
  report({ isVisible = true, rate, force = false } = {}) {
    const facts = this.#facts();
    this.#reporter.flush({ visible: isVisible, rate: rate ?? facts.rate, positionMs: facts.positionMs, force });
    this.#keep();
  }

  pause(activity = "paused") {
    clearInterval(this.#beat);
    this.#beat = null;
    this.report();
    if (!this.isCompleted && this.isOpen) this.say(activity);
  }

  // What the page does; the meter says what follows from it.
  say(activity, detail = "") {
    this.#activity = activity;
    this.#detail = detail;
    this.#show();
  }

  #show() {
    const facts = {
      activity: this.#activity,
      isChallenged: this.#isChallenged,
      trouble: this.#trouble,
      refusal: this.#refusal,
    };
    this.meter.show(stateOf(facts), this.#detail);
    this.meter.offerTakeOver(this.#activity === "held" || this.#activity === "taken_over");
    this.meter.offerChallenge(this.#isChallenged);
  }

  // --- the lease --------------------------------------------------------------------------------------------------
  async #open(takeOver) {
    this.say("opening");
    const kept = await this.#resend();
    if (this.isCompleted) return true;
    const replaces = this.#leaseId ?? this.#outbox.leftLease ?? (await this.#formerLease());
    const reply = kept === "offline" ? { status: 0 } : await this.#ask({ takeOver, replaces });
    if (reply.token) return this.#opened(reply);
    this.say(activityWithoutLease(reply), reply.message ?? "");
    return false;
  }

  async #ask(wish) {
    try {
      return await this.#lease.open(wish);
    } catch {
      return { status: 0 };
    }
  }

  // The lease of this tab before its reload, unless a copy of the tab goes on with it.
  async #formerLease() {
    const former = Lease.remembered;
    const held = await this.#locks.held();
    return former && !held?.has(former) ? former : null;
  }

  #opened({ lease, token, progress, film }) {
    this.#leaseId = lease;
    this.#reporter.start(token);
    this.#locks.hold(lease);
    this.#outbox.keep(lease, []);
    this.#outbox.clearLeft(lease);
    this.#keeping ??= setInterval(() => this.#keep(), KEEP_MS);
    this.#heardAt = performance.now();
    this.#trouble = this.#refusal = null;
    this.#adopt({ ...progress, required_ms: this.#config.requiredMs });
    this.#on.opened(this.#resumeAt ?? progress.position_ms, film);
    this.#resumeAt = null;
    if (progress.provisional_ms > 0) this.#challenged({ resumes: false });
    return true;
  }

  #adopt({ coverage, credited_ms: creditedMs, required_ms: requiredMs, provisional_ms: provisionalMs = 0 }) {
    if (coverage) this.coverage = merge(coverage);
    this.creditedMs = creditedMs;
    this.provisionalMs = provisionalMs;
    this.meter.credit(creditedMs, requiredMs);
    this.meter.provisional(provisionalMs);
  }

  // --- reports ----------------------------------------------------------------------------------------------------
  #answered(answer, waitingMs) {
    this.#heardAt = performance.now();
    this.#trouble = null;
    this.#refusal = refusalIn(answer, this.#refusal);
    this.#adopt(answer);
    this.meter.addNotCounted(answer.not_counted);
    this.meter.pending(this.pendingMs);
    this.#show();
    this.#keep();
    this.#on.answer(waitingMs);
    if (answer.completed) this.#complete();
    else if (answer.challenge) this.#challenged();
  }

  // Nothing was said to be counted: it is kept, and sent until it is acknowledged.
  #troubled(trouble) {
    const silentMs = performance.now() - this.#heardAt;
    const isLong = silentMs > this.#config.silentAfterMs * PATIENT_SHARE;
    this.#trouble = isLong ? "offline_long" : trouble;
    if (isLong) this.#on.halt();
    this.#show();
    this.#keep();
  }

  #ended(answer, status) {
    const lease = this.#stop(status === 409);
    if (answer.completed) {
      this.#outbox.forget(lease);
      this.#adopt(answer);
      this.#complete();
      return;
    }
    this.meter.addNotCounted(answer.not_counted);
    const reason = status === 409 && answer.end_reason in this.#texts ? answer.end_reason : "refused";
    this.say(reason, answer.message ?? "");
    this.#on.stopped();
    if (status === 409) this.#locks.release().then(() => this.#resend());
  }

  // The lease is over. What it may still be credited with is left to be sent again.
  #stop(keepsRest) {
    this.#halt();
    const lease = this.#leaseId;
    const rest = this.#reporter.unacknowledged(this.#facts());
    this.#source.take();
    this.#reporter.stop();
    if (keepsRest) this.#outbox.keep(lease, rest);
    else this.#outbox.forget(lease);
    this.#leaseId = null;
    this.#trouble = null;
    this.#isChallenged = false;
    this.#flow.close();
    this.meter.pending(0);
    return lease;
  }

  #halt() {
    clearInterval(this.#beat);
    clearInterval(this.#keeping);
    this.#beat = this.#keeping = null;
  }

  #complete() {
    if (this.#leaseId) this.#outbox.forget(this.#leaseId);
    this.#halt();
    this.#reporter.stop();
    this.#locks.release();
    this.#leaseId = null;
    this.#isChallenged = false;
    this.#flow.close();
    this.isCompleted = true;
    this.meter.pending(0);
    this.meter.provisional(0);
    this.meter.complete();
    this.say("completed");
    this.#on.completed();
  }

  leave() {
    this.#halt();
    if (!this.isOpen) return;
    const lease = this.#leaseId;
    const facts = this.#facts();
    const rest = this.#reporter.unacknowledged(facts);
    const body = this.#reporter.farewell(facts);
    this.#outbox.keep(lease, body ? [body] : rest);
    this.#locks.release();
    this.#leaseId = null;
    this.#isChallenged = false;
    this.#flow.close();
    this.say("left");
    if (!body) return;
    const heard = ({ status }) => (status === 200 || status === 409 ? this.#outbox.forget(lease) : null);
    postFarewell(this.#config.endUrl, body).then(heard, () => {}); // the next page sends it again
  }

  // --- what must not be lost ---------------------------------------------------------------------------------------
  #keep() {
    if (this.isOpen) this.#outbox.keep(this.#leaseId, this.#reporter.unacknowledged(this.#facts()));
  }

  // Send what earlier pages left; what cannot be sent now is tried again while this page is open.
  #resend() {
    this.#resending ??= this.#resendKept().finally(() => (this.#resending = null));
    return this.#resending;
  }

  async #resendKept() {
    let newlyMs = 0;
    const trouble = await this.#outbox.resend((answer, body) => {
      newlyMs += answer.newly_ms ?? 0;
      this.#resumeAt = body.position_ms; // the server keeps no position of a lease that is over
      this.#adopt(answer);
      this.meter.addNotCounted(answer.not_counted);
      if (answer.completed && !this.isCompleted) this.#complete();
    });
    if (newlyMs >= 1_000) this.meter.note(fill(this.#texts.recovered, { time: clock(newlyMs) }));
    if (this.#resumeAt !== null && !this.isOpen) this.#on.opened(this.#resumeAt);
    if (trouble) setTimeout(() => this.#resend(), RESEND_MS * (0.5 + Math.random()));
    return trouble;
  }

  // --- challenges ---------------------------------------------------------------------------------------------------
  // Playing stands still while a question waits, so that nothing is watched in vain; nobody is asked behind a hidden page.
  #challenged({ resumes = null } = {}) {
    if (this.#isChallenged) return;
    this.#isChallenged = true;
    this.#activity = "paused";
    const ran = this.#on.halt();
    this.#resumes = resumes ?? ran;
    this.meter.note("");
    this.#show();
    if (!document.hidden) this.#flow.open();
  }

  // The answer to a report says why the lease is over, and takes what was not acknowledged.
  #challengeEnded(answer, status) {
    if (status === 409) this.report({ force: true });
    else this.#ended(answer, status);
  }

  #passed(answer) {
    this.#isChallenged = false;
    if (answer) {
      this.#heardAt = performance.now();
      this.#adopt(answer);
    } else {
      this.report({ force: true }); // none stands: hear how things are
    }
    if (answer?.completed) {
      this.#complete();
      return;
    }
    if (answer) this.meter.note(this.#texts.challengePassed);
    this.say("paused");
    this.#on.answer(this.#reporter.waitingMs);
    if (this.#resumes) this.#on.resume();
  }
}
