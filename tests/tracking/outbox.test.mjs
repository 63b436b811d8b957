import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../tracking/static/tracking/outbox.js";
import { KEPT_FOR_MS, sortRecords, verdictOn } from "../../tracking/static/tracking/outbox_rules.js";
import { MemoryStore, openStore } from "../../tracking/static/tracking/outbox_store.js";
import { PageLocks } from "../../tracking/static/tracking/page_locks.js";

const NOW = 1_700_000_000_000;
const record = (lease, more = {}) => ({ lease, learner: "me", place: "here", at: NOW - 1000, reports: [], ...more });
const report = (sequence, token = "t") => ({ token, sequence, intervals: [[sequence * 1000, sequence * 1000 + 1000]], position_ms: 7 });
const taken = { status: 200, answer: { newly_ms: 1000 } };
const ended = { status: 409, answer: { status: "lease_ended", newly_ms: 0 } };

// What Web Locks does, for the pages of one test.
class FakeLocks {
  names = new Set();
  async query() {
    return { held: [...this.names].map((name) => ({ name })) };
  }
  async request(name, run) {
    this.names.add(name);
    try {
      return await run();
    } finally {
      this.names.delete(name);
    }
  }
}

async function set({ records = [], replies = [], locks = new FakeLocks(), own = null } = {}) {
  const store = new MemoryStore();
  for (const one of records) await store.put(one);
  const heard = { bodies: [], answers: [], pauses: [] };
  const outbox = new Outbox({
    store,
    locks: new PageLocks(locks),
    send: async (body) => {
      heard.bodies.push(body);
      const reply = replies.shift() ?? taken;
      if (reply instanceof Error) throw reply;
      return reply;
    },
    learner: "me",
    place: "here",
    own,
    pause: async (wait) => heard.pauses.push(wait),
    now: () => NOW,
  });
  const resend = () => outbox.resend((answer, body) => heard.answers.push([answer, body.sequence]));
  return { outbox, store, heard, resend };
}

test("records that are old, broken or another learner's are dropped", () => {
  const records = [
    record("old", { at: NOW - KEPT_FOR_MS - 1 }),
    record("kept", { at: NOW - KEPT_FOR_MS }),
    record("future", { at: NOW + KEPT_FOR_MS + 1 }),
    record("theirs", { learner: "you" }),
    { lease: "broken", learner: "me", at: NOW },
  ];
  const { dropped, left } = sortRecords(records, { learner: "me", nowMs: NOW, held: new Set() });
  assert.deepEqual(dropped.map(({ lease }) => lease), ["old", "future", "theirs", "broken"]);
  assert.deepEqual(left.map(({ lease }) => lease), ["kept"]);
});
test("what a page that lives may still send itself is left to it", () => {
  const records = [record("dead", { at: NOW - 5 }), record("living"), record("older", { at: NOW - 9000 })];
  const { left } = sortRecords(records, { learner: "me", nowMs: NOW, held: new Set(["living"]) });
  assert.deepEqual(left.map(({ lease }) => lease), ["older", "dead"]);
});
test("without locks a record is left to its page until it has been silent for long, but for this tab's own", () => {
  const records = [record("own"), record("other"), record("silent", { at: NOW - 20_001 })];
  const { left } = sortRecords(records, { learner: "me", nowMs: NOW, held: null, own: "own" });
  assert.deepEqual(left.map(({ lease }) => lease), ["silent", "own"]);
});
test("answers are told apart", () => {
  const of = (status, answer = {}) => verdictOn({ status, answer });
  assert.deepEqual([verdictOn(null), of(429), of(503), of(408)], ["later", "later", "later", "later"]);
  assert.deepEqual([of(200), of(400), of(403), of(404)], ["taken", "unreadable", "refused", "refused"]);
  assert.deepEqual([of(409, { status: "lease_ended" }), of(409, { error: "lease_unknown" })], ["ended", "refused"]);
});
test("what was kept is sent again in order, with its own tokens and numbers", async () => {
  const { heard, resend, store } = await set({
    records: [
      record("second", { at: NOW - 10, reports: [report(0, "u")] }),
      record("first", { at: NOW - 20, reports: [report(4), report(5)] }),
    ],
  });
  assert.equal(await resend(), null);
  assert.deepEqual(heard.bodies.map(({ token, sequence }) => [token, sequence]), [["t", 4], ["t", 5], ["u", 0]]);
  assert.deepEqual(heard.answers.map(([, sequence]) => sequence), [4, 5, 0]);
  assert.deepEqual((await store.all()).map(({ reports }) => reports), [[], []]);
});
test("the lease that a page left is known until a new one has ended it", async () => {
  const { outbox, resend, store } = await set({ records: [record("left", { reports: [report(1)] })] });
  await resend();
  assert.equal(outbox.leftLease, "left");
  outbox.keep("new", []);
  await outbox.clearLeft("new");
  await outbox.settled();
  assert.equal(outbox.leftLease, null);
  assert.deepEqual((await store.all()).map(({ lease }) => lease), ["new"]);
});
test("a lease that is over takes what it may; then nothing is kept of it", async () => {
  const { outbox, heard, resend, store } = await set({
    records: [record("over", { reports: [report(1), report(2)] })],
    replies: [ended, ended],
  });
  assert.equal(await resend(), null);
  assert.equal(heard.bodies.length, 2);
  assert.equal(outbox.leftLease, null);
  assert.deepEqual(await store.all(), []);
});
test("a token that is refused drops everything under it", async () => {
  const { heard, resend, store } = await set({
    records: [record("refused", { reports: [report(1), report(2)] })],
    replies: [{ status: 403, answer: {} }],
  });
  await resend();
  assert.equal(heard.bodies.length, 1);
  assert.deepEqual(heard.answers, []);
  assert.deepEqual(await store.all(), []);
});
test("a report that cannot be read does not hold up the next", async () => {
  const { heard, resend } = await set({
    records: [record("odd", { reports: [report(1), report(2)] })],
    replies: [{ status: 400, answer: {} }],
  });
  await resend();
  assert.deepEqual(heard.bodies.map(({ sequence }) => sequence), [1, 2]);
});
test("without a network everything stays, and the next page sends it", async () => {
  const { heard, resend, store } = await set({
    records: [record("left", { reports: [report(1), report(2)] })],
    replies: [taken, new Error("offline"), taken],
  });
  assert.equal(await resend(), "offline");
  assert.deepEqual((await store.all())[0].reports, [report(2)]);
  assert.equal(await resend(), null);
  assert.deepEqual(heard.bodies.map(({ sequence }) => sequence), [1, 2, 2]);
});
test("a busy server is asked a few times, no sooner than it said", async () => {
  const busy = { status: 503, answer: {}, retryAfterMs: 3000 };
  const { heard, resend, store } = await set({
    records: [record("left", { reports: [report(1)] })],
    replies: [busy, busy, busy, busy],
  });
  assert.equal(await resend(), "busy");
  assert.equal(heard.pauses.length, 3);
  assert.ok(heard.pauses.every((wait) => wait >= 3000 && wait <= 6000));
  assert.deepEqual((await store.all())[0].reports, [report(1)]);
});
test("what belongs to another lesson is sent too, and not heard here", async () => {
  const { heard, resend } = await set({ records: [record("far", { place: "elsewhere", reports: [report(1)] })] });
  await resend();
  assert.equal(heard.bodies.length, 1);
  assert.deepEqual(heard.answers, []);
});
test("what a living page keeps is not sent by another", async () => {
  const locks = new FakeLocks();
  const living = new PageLocks(locks);
  living.hold("living");
  const { heard, resend, outbox } = await set({ records: [record("living", { reports: [report(1)] })], locks });
  await resend();
  assert.deepEqual(heard.bodies, []);
  assert.equal(outbox.leftLease, null);
  await living.release();
  await resend();
  assert.equal(heard.bodies.length, 1);
});
test("the newest state of a lease is what is kept", async () => {
  const { outbox, store } = await set();
  outbox.keep("mine", [report(0)]);
  outbox.keep("mine", [report(0), report(1)]);
  outbox.keep("mine", [report(1)]);
  await outbox.settled();
  assert.deepEqual(await store.all(), [record("mine", { at: NOW, reports: [report(1)] })]);
  outbox.keep("mine", []);
  outbox.forget("mine");
  await outbox.settled();
  assert.deepEqual(await store.all(), []);
});
test("storage that fails breaks nothing", async () => {
  const fails = async () => {
    throw new Error("full");
  };
  const outbox = new Outbox({
    store: { all: fails, put: fails, remove: fails },
    locks: new PageLocks(null),
    send: async () => taken,
    learner: "me",
    place: "here",
  });
  outbox.keep("mine", [report(0)]);
  await outbox.settled();
  assert.equal(await outbox.resend(() => {}), null);
  await outbox.clearLeft("mine");
});
test("where there is no IndexedDB the page's memory serves", async () => {
  const refusing = { open: () => { throw new Error("SecurityError"); } };
  for (const factory of [undefined, refusing]) {
    const store = await openStore(factory);
    await store.put(record("mine"));
    assert.deepEqual(await store.all(), [record("mine")]);
  }
});
test("where it may not even be asked for, the page's memory serves too", async () => {
  const get = () => {
    throw new Error("SecurityError");
  };
  Object.defineProperty(globalThis, "indexedDB", { get, configurable: true });
  try {
    assert.deepEqual(await (await openStore()).all(), []);
  } finally {
    delete globalThis.indexedDB;
  }
});
