// Commits on their way to the server: in order, one at a time, kept in the browser until they are acknowledged.
import {
  LEAVING_BYTES, bytesOf, canJoin, joinCommits, keyOf, overlayLaunch, sortLeft, splitCommit, trimCommit, verdictOn,
  waitBefore,
} from "./commit_rules.js";

// Ordinary requests outlive their page only when they are small: the browser's allowance is for the last ones.
const ORDINARY_BYTES = 16_000;

export class CommitQueue {
  #waiting = []; // commits, the oldest first; the first may be under way
  #fired = new Map(); // sequence sent while leaving → a promise of its answer, which nobody may be there to hear
  #aliveBytes = 0; // of requests under way that outlive the page
  #underWay = null; // sequence
  #sequence;
  #isRunning = false;
  #isLeaving = false;
  #stopped = null; // null, "stale", "shut"
  #wake = null;
  #idle = Promise.resolve();
  #tries = 0;

  // `commit` is the launch's {url, token} or null (a test drive: nothing is sent); `attempt` its {uuid, generation}.
  // `hear(word, detail)` gets "waiting" {pending}, "saved" {pending, answer}, "refused" {code, answer} (nothing is sent any
  // more) and "fault" {code, sequence} (one commit was lost).
  constructor({ commit, attempt, lastSequence = -1, hear = () => {}, ...world }) {
    this.commit = commit;
    this.attempt = attempt;
    this.hear = hear;
    this.world = { ...ownWorld(), ...world };
    this.#sequence = lastSequence;
  }

  get pending() {
    return this.#waiting.length;
  }

  get stopped() {
    return this.#stopped;
  }

  // Take over what the sitting before left behind: it is sent again, and the launch is given back with it in place.
  adopt(launch) {
    if (!this.commit) return launch;
    const { store, now } = this.world;
    const terms = { attempt: this.attempt.uuid, generation: this.attempt.generation, nowMs: now() };
    const { commits, dropped } = sortLeft(entriesOf(store), terms);
    for (const key of dropped) quietly(() => store.removeItem(key));
    for (const one of commits) this.add(one);
    return overlayLaunch(launch, commits);
  }

  // False where nothing is taken any more. The sequence is the queue's to give.
  add(commit) {
    if (this.#stopped) return false;
    if (!this.commit) {
      this.hear("saved", { pending: 0, answer: null });
      return true;
    }
    for (const piece of splitCommit(commit)) this.#append(piece);
    this.#keep();
    this.hear("waiting", { pending: this.pending });
    if (this.#isLeaving) this.#fire();
    this.#run();
    return true;
  }

  // Everything is acknowledged, or the queue has stopped.
  async settled() {
    while (this.#waiting.length && !this.#stopped) {
      this.#run();
      await Promise.all([this.#idle, ...this.#fired.values()]);
    }
  }

  // The page goes, or may: what is not acknowledged is sent so that it outlives it. What is added later goes at once too.
  leave() {
    this.#isLeaving = true;
    this.#fire();
    this.#run();
  }

  // The page is there again after all.
  stay() {
    this.#isLeaving = false;
    this.hurry();
  }

  // Try again now: the network is back, or somebody asked.
  hurry() {
    this.#wake?.();
    this.#run();
  }

  #append(commit) {
    const newest = this.#waiting.at(-1);
    const isFree = newest && newest.sequence !== this.#underWay && !this.#fired.has(newest.sequence) && !newest.isTried;
    if (isFree && canJoin(newest, commit)) {
      const joined = joinCommits(newest, commit);
      if (splitCommit(joined).length === 1) {
        this.#waiting[this.#waiting.length - 1] = joined;
        return;
      }
    }
    this.#waiting.push({ ...commit, sequence: this.#nextSequence() });
  }

  #nextSequence() {
    this.#sequence += 1;
    return this.#sequence;
  }

  #run() {
    if (this.#isRunning || this.#stopped || !this.#waiting.length) return;
    this.#isRunning = true;
    this.#idle = this.#work().finally(() => (this.#isRunning = false));
  }

  async #work() {
    await null; // what is said in one go is joined before it goes
    while (this.#waiting.length && !this.#stopped && !this.#fired.has(this.#waiting[0].sequence)) {
      this.#waiting[0].isTried = true;
      const { isTried, ...commit } = this.#waiting[0];
      this.#underWay = commit.sequence;
      const reply = await this.#send(commit, bytesOf(commit) <= ORDINARY_BYTES);
      this.#underWay = null;
      await this.#hearReply(commit.sequence, reply);
    }
  }

  // A promise of the reply, or of null where none came; null where nothing can be asked any more.
  #send(commit, isKeptAlive) {
    const size = isKeptAlive ? bytesOf(commit) : 0;
    const over = (reply) => {
      this.#aliveBytes -= size;
      return reply;
    };
    this.#aliveBytes += size;
    try {
      return this.world.send(this.commit.url, this.#bodyOf(commit), isKeptAlive).then(over, () => over(null));
    } catch {
      return over(null);
    }
  }

  async #hearReply(sequence, reply) {
    const verdict = verdictOn(reply);
    if (verdict === "later") {
      const wait = waitBefore(this.#tries, this.world.chance(), reply?.retryAfterMs);
      this.#tries += 1;
      await Promise.race([this.world.pause(wait), new Promise((resolve) => (this.#wake = resolve))]);
      return;
    }
    this.#tries = 0;
    if (verdict === "stored" || verdict === "broken") {
      this.#done((one) => one.sequence === sequence);
      if (verdict === "stored") this.hear("saved", { pending: this.pending, answer: reply.answer });
      else this.hear("fault", { code: `commit-${reply.status}`, sequence });
    } else {
      this.#stop(verdict, reply);
    }
  }

  // Somebody newer writes: what is here is overtaken. A token that is not taken may be followed by one that is.
  #stop(verdict, reply) {
    this.#stopped = verdict;
    if (verdict === "stale") this.#done(() => true);
    this.hear("refused", { code: reply.answer?.error ?? verdict, answer: reply.answer });
  }

  #done(isDone) {
    this.#waiting = this.#waiting.filter((one) => !isDone(one));
    this.#keep();
  }

  // Each run of an item in one request, with whatever nobody has acknowledged yet, as far as it fits.
  #fire() {
    if (this.#stopped || !this.commit) return;
    for (const { commit, parts } of this.#gather()) {
      const room = LEAVING_BYTES - this.#aliveBytes;
      const { now, rest } = trimCommit(commit, room - 1000);
      if (room < 2000 || (rest && parts.length > 1 && parts.some((one) => this.#fired.has(one.sequence)))) continue;
      this.#replace(parts, now, rest);
      this.#shoot(now);
    }
    this.#keep();
  }

  #gather() {
    const groups = [];
    for (const { isTried, ...one } of this.#waiting) {
      const group = groups.at(-1);
      if (group && canJoin(group.commit, one)) {
        group.commit = joinCommits(group.commit, one);
        group.parts.push(one);
      } else {
        groups.push({ commit: { ...one }, parts: [one] });
      }
    }
    return groups.filter(({ parts }) => parts.some((one) => !this.#fired.has(one.sequence)));
  }

  // The request that goes now is newer than those it takes the place of, so that it holds whichever comes first.
  #replace(parts, now, rest) {
    const isNew = parts.length === 1 && parts[0].sequence !== this.#underWay && !rest;
    now.sequence = isNew ? parts[0].sequence : this.#nextSequence();
    const place = this.#waiting.findIndex((one) => one.sequence === parts[0].sequence);
    const gone = new Set(parts.map((one) => one.sequence));
    const kept = this.#waiting.filter((one) => !gone.has(one.sequence));
    const next = rest ? [now, { ...rest, sequence: this.#nextSequence() }] : [now];
    this.#waiting = [...kept.slice(0, place), ...next, ...kept.slice(place)];
  }

  #shoot(commit) {
    const reply = this.world.outlives ? this.#send(commit, true) : null;
    if (reply) this.#fired.set(commit.sequence, reply.then((one) => this.#land(commit.sequence, one)));
    else this.world.beacon(this.commit.url, this.#bodyOf(commit));
  }

  #land(sequence, reply) {
    this.#fired.delete(sequence);
    const verdict = verdictOn(reply);
    if (verdict === "stored") {
      this.#done((one) => one.sequence === sequence);
      this.hear("saved", { pending: this.pending, answer: reply.answer });
    } else if (verdict === "stale" || verdict === "shut") {
      this.#stop(verdict, reply);
    }
    this.#run();
  }

  #bodyOf(commit) {
    return JSON.stringify({ token: this.commit.token, ...commit });
  }

  #keep() {
    const { store, now } = this.world;
    const key = keyOf(this.attempt.uuid, this.attempt.generation);
    quietly(() => {
      if (!this.#waiting.length) store.removeItem(key);
      else store.setItem(key, JSON.stringify({ at: now(), commits: this.#waiting }));
    });
  }
}

// Tell the queue what the page does. Content's own last words come after the page's: they go at once.
export function followPage(queue, page = globalThis) {
  page.addEventListener("pagehide", () => queue.leave());
  page.addEventListener("pageshow", () => queue.stay());
  page.addEventListener("online", () => queue.hurry());
  page.document.addEventListener("visibilitychange", () => {
    if (page.document.visibilityState === "hidden") queue.leave();
    else queue.stay();
  });
}

// `outlives`: whether a request can outlive its page; a beacon can, but nobody hears what becomes of it.
function ownWorld() {
  const outlives = typeof Request === "undefined" || "keepalive" in Request.prototype;
  return { store: storeOf(globalThis), send: post, beacon, outlives, pause: sleep, now: Date.now, chance: Math.random };
}

// Plain text needs no leave to be asked; the server reads it as what it is.
async function post(url, body, isKeptAlive) {
  const headers = { "Content-Type": "text/plain;charset=UTF-8" };
  const answer = await fetch(url, { method: "POST", body, headers, keepalive: isKeptAlive, credentials: "omit", cache: "no-store" });
  const retryAfterMs = Number(answer.headers.get("Retry-After") ?? 0) * 1000 || 0;
  return { status: answer.status, answer: await answer.json().catch(() => null), retryAfterMs };
}

function beacon(url, body) {
  return globalThis.navigator?.sendBeacon?.(url, new Blob([body], { type: "text/plain;charset=UTF-8" })) ?? false;
}

// Private windows may have no storage, and reading it may throw.
function storeOf(world) {
  return quietly(() => world.localStorage) ?? null;
}

function entriesOf(store) {
  return quietly(() => Object.keys(store).map((key) => [key, store.getItem(key)])) ?? [];
}

function quietly(run) {
  try {
    return run();
  } catch {
    return null;
  }
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
