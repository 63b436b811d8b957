// What was played and not acknowledged, kept so that it survives reload, crash and sleep, and sent again from the next page.
import { sortRecords, verdictOn } from "./outbox_rules.js";
import { waitBeforeTry } from "./reporter.js";

const MOST_TRIES = 4;

export class Outbox {
  #opening; // a promise of the store
  #locks;
  #send;
  #learner;
  #place;
  #own;
  #pause;
  #now;
  #changes = new Map(); // lease → record to write, or null to remove
  #writing = null;
  #left = null; // the newest lease that a page which is gone may still hold

  // `learner` and `place` (what is studied) are opaque; `own` is the lease that this tab had before it was reloaded.
  constructor({ store, locks, send, learner, place, own = null, pause = sleep, now = Date.now }) {
    this.#opening = Promise.resolve(store);
    this.#locks = locks;
    this.#send = send;
    this.#learner = learner;
    this.#place = place;
    this.#own = own;
    this.#pause = pause;
    this.#now = now;
  }

  // The lease that a page of this browser left without ending it, as far as is known.
  get leftLease() {
    return this.#left;
  }

  // Write down what would be lost if this page ended now. Later calls overtake earlier ones.
  keep(lease, reports) {
    this.#change(lease, { lease, learner: this.#learner, place: this.#place, at: this.#now(), reports });
  }

  forget(lease) {
    this.#change(lease, null);
  }

  // All writing so far is done.
  async settled() {
    await this.#writing;
  }

  // Send again what pages that are gone left behind; `hear(answer, body)` gets each answer that concerns what is studied
  // here. Says what stands in the way of the rest: null (nothing is left), "offline" or "busy".
  async resend(hear) {
    await this.settled();
    try {
      return await this.#locks.alone(() => this.#resendAll(hear));
    } catch {
      return null; // the storage fails: it is as if nothing was kept
    }
  }

  async #resendAll(hear) {
    const store = await this.#opening;
    const held = await this.#locks.held();
    const kept = { learner: this.#learner, nowMs: this.#now(), held, own: this.#own };
    const { dropped, left } = sortRecords(await store.all(), kept);
    for (const { lease } of dropped) await store.remove(lease);
    this.#left = left.at(-1)?.lease ?? null;
    for (const record of left) {
      const trouble = await this.#resendRecord(store, record, hear);
      if (trouble) return trouble;
    }
    return null;
  }

  async #resendRecord(store, { lease, ...record }, hear) {
    let isOver = false;
    let reports = record.reports;
    while (reports.length) {
      const reply = await this.#try(reports[0]);
      const verdict = verdictOn(reply);
      if (verdict === "later") return reply === null ? "offline" : "busy";
      if ((verdict === "taken" || verdict === "ended") && record.place === this.#place) hear(reply.answer, reports[0]);
      isOver ||= verdict === "ended" || verdict === "refused" || reply.answer?.completed === true;
      reports = verdict === "refused" ? [] : reports.slice(1);
      if (isOver && reports.length === 0) await store.remove(lease);
      else await store.put({ ...record, lease, reports });
    }
    if (isOver && this.#left === lease) this.#left = null;
    return null;
  }

  // A server that is busy is asked again, some other time than by everybody else; without a network there is no use in it.
  async #try(body) {
    for (let attempt = 0; ; attempt += 1) {
      const reply = await this.#send(body).catch(() => null);
      if (reply === null || verdictOn(reply) !== "later" || attempt + 1 === MOST_TRIES) return reply;
      await this.#pause(waitBeforeTry(attempt, Math.random(), reply.retryAfterMs));
    }
  }

  // Remove the leases that a newer one has ended; what was not sent of them stays.
  async clearLeft(current) {
    this.#left = null;
    await this.settled();
    const store = await this.#opening;
    for (const { lease, learner, reports } of await store.all().catch(() => [])) {
      if (lease !== current && learner === this.#learner && reports.length === 0) this.forget(lease);
    }
  }

  #change(lease, record) {
    this.#changes.set(lease, record);
    this.#writing ??= this.#write().finally(() => (this.#writing = null));
  }

  async #write() {
    const store = await this.#opening;
    while (this.#changes.size) {
      const [lease, record] = this.#changes.entries().next().value;
      this.#changes.delete(lease);
      try {
        await (record ? store.put(record) : store.remove(lease));
      } catch {
        // storage is full or gone: playing goes on, only a crash would lose more
      }
    }
  }
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
