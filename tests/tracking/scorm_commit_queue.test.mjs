import assert from "node:assert/strict";
import { test } from "node:test";
import { CommitQueue, followPage } from "../../tracking/static/tracking/scorm/commit_queue.js";
import { keyOf } from "../../tracking/static/tracking/scorm/commit_rules.js";

const commit = (elements, more = {}) => ({ activity: "A", launch: "l1", last: false, elements, state: null, ...more });
const fine = { status: 200, answer: { status: "stored" } };

// What localStorage does: its keys are its own properties.
class FakeStorage {
  getItem(key) {
    return Object.hasOwn(this, key) ? this[key] : null;
  }
  setItem(key, text) {
    this[key] = String(text);
  }
  removeItem(key) {
    delete this[key];
  }
}

function set({ replies = [], store = new FakeStorage(), generation = 2, token = "t", lastSequence = -1 } = {}) {
  const world = { bodies: [], alive: [], words: [], waits: [], beacons: [], open: [] };
  const queue = new CommitQueue({
    commit: token && { url: "/scorm/commit", token },
    attempt: { uuid: "mine", generation },
    lastSequence,
    store,
    hear: (word, detail) => world.words.push([word, detail]),
    send: (url, body, isKeptAlive) => {
      world.bodies.push(JSON.parse(body));
      world.alive.push(isKeptAlive);
      const reply = replies.shift() ?? fine;
      if (reply === "hang") return new Promise((resolve) => world.open.push(resolve));
      if (reply instanceof Error) return Promise.reject(reply);
      return Promise.resolve(reply);
    },
    beacon: (url, body) => world.beacons.push(JSON.parse(body)),
    pause: async (wait) => world.waits.push(wait),
    now: () => 5000,
    chance: () => 1,
  });
  const said = (word) => world.words.filter(([one]) => one === word).map(([, detail]) => detail);
  const kept = () => JSON.parse(store.getItem(keyOf("mine", generation)) ?? "{}").commits ?? [];
  return { queue, world, said, kept, store };
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 0));

test("commits go one at a time, numbered on from the server's count, and what is said in one go goes at once", async () => {
  const { queue, world, said, kept } = set({ lastSequence: 6 });
  queue.add(commit({ a: "1" }));
  queue.add(commit({ b: "2" }));
  await queue.settled();
  queue.add(commit({ c: "3" }, { last: true }));
  queue.add(commit({ d: "4" }, { launch: "l2" }));
  await queue.settled();
  assert.deepEqual(world.bodies.map(({ token, sequence, elements }) => [token, sequence, elements]), [
    ["t", 7, { a: "1", b: "2" }], ["t", 8, { c: "3" }], ["t", 9, { d: "4" }],
  ]);
  assert.deepEqual([said("saved").at(-1).pending, kept()], [0, []]);
});

test("what is under way is not changed; what waits behind it is joined", async () => {
  const { queue, world } = set({ replies: ["hang"] });
  queue.add(commit({ a: "1" }));
  await tick();
  queue.add(commit({ a: "2" }));
  queue.add(commit({ a: "3", b: "1" }));
  assert.deepEqual([queue.pending, world.bodies.length], [2, 1]);
  world.open[0](fine);
  await queue.settled();
  assert.deepEqual(world.bodies.map(({ sequence, elements }) => [sequence, elements]), [[0, { a: "1" }], [1, { a: "3", b: "1" }]]);
});

test("trouble is waited out with the same commit, and the server's wish is heeded", async () => {
  const replies = [new TypeError("no network"), { status: 503, retryAfterMs: 7000 }, { status: 500 }];
  const { queue, world } = set({ replies });
  queue.add(commit({ a: "1" }));
  await queue.settled();
  assert.deepEqual(world.bodies.map(({ sequence }) => sequence), [0, 0, 0, 0]);
  assert.deepEqual(world.waits, [500, 7000, 2000]);
});

test("it is kept until it is acknowledged", async () => {
  const { queue, world, kept } = set({ replies: ["hang"] });
  queue.add(commit({ a: "1" }));
  assert.deepEqual(kept().map(({ elements }) => elements), [{ a: "1" }]);
  await tick();
  world.open[0](fine);
  await queue.settled();
  assert.deepEqual(kept(), []);
});

test("a newer sitting ends the queue, which forgets what waits", async () => {
  const { queue, said, kept } = set({ replies: [{ status: 409, answer: { error: "stale" } }] });
  queue.add(commit({ a: "1" }));
  await queue.settled();
  assert.deepEqual([said("refused").map(({ code }) => code), kept(), queue.stopped], [["stale"], [], "stale"]);
  assert.equal(queue.add(commit({ b: "1" })), false);
});

test("a token that is not taken ends the queue, and what waits is kept for the next one", async () => {
  const { queue, said, kept } = set({ replies: [{ status: 403, answer: null }] });
  queue.add(commit({ a: "1" }));
  await queue.settled();
  assert.deepEqual([said("refused")[0].code, kept().length, queue.stopped], ["shut", 1, "shut"]);
});

test("a commit that can never be taken is given up, and said", async () => {
  const { queue, world, said } = set({ replies: [{ status: 400, answer: {} }] });
  queue.add(commit({ a: "1" }, { last: true }));
  queue.add(commit({ b: "1" }, { launch: "l2" }));
  await queue.settled();
  assert.deepEqual(said("fault"), [{ code: "commit-400", sequence: 0 }]);
  assert.deepEqual(world.bodies.map(({ sequence }) => sequence), [0, 1]);
});

test("the next sitting takes over what was left, sends it anew and lays it over its launch", async () => {
  const before = set({ replies: ["hang"] });
  before.queue.add(commit({ a: "1" }));
  before.queue.add(commit({ z: "1" }, { activity: "B", launch: "l0" }));
  const { queue, world, store } = set({ generation: 3, token: "t3", store: before.store });
  const launch = queue.adopt({ activities: { A: { elements: { a: "0", b: "0" }, totalTimeMs: 0, entry: "resume" } } });
  assert.deepEqual(launch.activities.A.elements, { a: "1", b: "0" });
  await queue.settled();
  assert.deepEqual(world.bodies.map(({ token, sequence, activity, launch: run }) => [token, sequence, activity, run]), [
    ["t3", 0, "A", "l1"], ["t3", 1, "B", "l0"],
  ]);
  assert.deepEqual(Object.keys(store), []);
});

test("a page that goes sends everything at once, alive beyond itself, newer than what is under way", async () => {
  const { queue, world, kept } = set({ replies: ["hang", "hang"] });
  queue.add(commit({ a: "1" }));
  await tick();
  queue.add(commit({ b: "1" }));
  queue.leave();
  assert.deepEqual(world.bodies.map(({ sequence, elements }) => [sequence, elements]), [[0, { a: "1" }], [2, { a: "1", b: "1" }]]);
  assert.deepEqual(world.alive, [true, true]);
  assert.deepEqual(kept().map(({ sequence }) => sequence), [2]);
  world.open[1](fine);
  await tick();
  assert.deepEqual([kept(), queue.pending], [[], 0]);
});

test("a page that says twice that it goes sends once", async () => {
  const { queue, world, kept } = set({ replies: ["hang", "hang"] });
  queue.add(commit({ a: "1" }));
  await tick();
  queue.leave();
  queue.leave();
  assert.deepEqual([world.bodies.map(({ sequence }) => sequence), kept().map(({ sequence }) => sequence)], [[0, 1], [1]]);
});

test("content's last words after the page's go at once too", () => {
  const { queue, world, kept } = set({ replies: ["hang", "hang", "hang"] });
  queue.leave();
  queue.add(commit({ "cmi.core.lesson_status": "completed" }));
  queue.add(commit({ "cmi.core.exit": "suspend" }, { last: true }));
  assert.deepEqual(world.bodies.map(({ sequence, last, elements }) => [sequence, last, elements]), [
    [0, false, { "cmi.core.lesson_status": "completed" }],
    [2, true, { "cmi.core.lesson_status": "completed", "cmi.core.exit": "suspend" }],
  ]);
  assert.deepEqual(kept().map(({ sequence }) => sequence), [2]);
});

test("what does not fit with a page that goes waits for the next sitting", () => {
  const { queue, world, kept } = set({ replies: ["hang", "hang"] });
  queue.leave();
  queue.add(commit({ "cmi.suspend_data": "数".repeat(30_000), "cmi.completion_status": "completed" }, { last: true }));
  assert.deepEqual(Object.keys(world.bodies[0].elements), ["cmi.completion_status"]);
  assert.deepEqual(kept().map(({ elements, last }) => [Object.keys(elements), last]), [
    [["cmi.completion_status"], true], [["cmi.suspend_data"], false],
  ]);
});

test("a browser whose fetch is gone already, or ends with the page, is left a beacon", async () => {
  const gone = set();
  let tries = 0;
  gone.queue.world.send = () => {
    if ((tries += 1) > 2) return Promise.resolve(fine);
    throw new TypeError("gone");
  };
  gone.queue.leave();
  gone.queue.add(commit({ a: "1" }, { last: true }));
  assert.deepEqual(gone.world.beacons.map(({ token, elements }) => [token, elements]), [["t", { a: "1" }]]);
  await gone.queue.settled();
  const old = set();
  old.queue.world.outlives = false;
  old.queue.leave();
  old.queue.add(commit({ b: "1" }));
  assert.deepEqual([old.world.beacons.length, old.kept().length], [1, 1]);
  await old.queue.settled();
  assert.equal(old.kept().length, 0);
});

test("what did not fit goes by itself while the page is only hidden", async () => {
  const { queue, world, kept } = set();
  queue.leave();
  queue.add(commit({ "cmi.suspend_data": "数".repeat(30_000), "cmi.completion_status": "completed" }, { last: true }));
  await queue.settled();
  assert.deepEqual(world.bodies.map(({ elements }) => Object.keys(elements)), [["cmi.completion_status"], ["cmi.suspend_data"]]);
  assert.deepEqual([world.alive, kept()], [[true, false], []]);
});

test("a page that comes back goes on, and what was sent while it went is sent again unless it was heard of", async () => {
  const { queue, world } = set({ replies: [new TypeError("gone")] });
  queue.leave();
  queue.add(commit({ a: "1" }));
  await tick();
  queue.stay();
  await queue.settled();
  assert.deepEqual(world.bodies.map(({ sequence }) => sequence), [0, 0]);
});

test("a storage that is full or shut costs nothing but safety", async () => {
  const store = { setItem() { throw new Error("full"); }, getItem: () => null, removeItem() { throw new Error("shut"); } };
  const { queue, world } = set({ store });
  queue.add(commit({ a: "1" }));
  await queue.settled();
  assert.equal(world.bodies.length, 1);
});

test("a test drive sends and keeps nothing", async () => {
  const { queue, world, said, store } = set({ token: null });
  const launch = {};
  assert.equal(queue.adopt(launch), launch);
  assert.equal(queue.add(commit({ a: "1" })), true);
  queue.leave();
  await queue.settled();
  assert.deepEqual([world.bodies, said("saved"), Object.keys(store)], [[], [{ pending: 0, answer: null }], []]);
});

test("the queue follows its page", () => {
  const page = new EventTarget();
  page.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const calls = [];
  followPage({ leave: () => calls.push("leave"), stay: () => calls.push("stay"), hurry: () => calls.push("hurry") }, page);
  page.document.visibilityState = "hidden";
  page.document.dispatchEvent(new Event("visibilitychange"));
  page.document.visibilityState = "visible";
  page.document.dispatchEvent(new Event("visibilitychange"));
  for (const name of ["pagehide", "pageshow", "online"]) page.dispatchEvent(new Event(name));
  assert.deepEqual(calls, ["leave", "stay", "leave", "stay", "hurry"]);
});
