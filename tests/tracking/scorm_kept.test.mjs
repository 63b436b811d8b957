import assert from "node:assert/strict";
import { test } from "node:test";

import { CommitQueue } from "../../tracking/static/tracking/scorm/commit_queue.js";
import { ownStore, pageStore } from "../../tracking/static/tracking/scorm/page_store.js";
import { keep, keptFor } from "../../tracking/static/tracking/scorm_kept.js";

const NOW = 1_780_000_000_000;
const ATTEMPT = "0b7a52a6-6c1f-4a5e-8a51-4a2c5d7f0001";

const TEXT = JSON.stringify({ at: NOW - 1, commits: [] });

function browserStore() {
  return pageStore({}, () => {});
}

const atOnce = (work) => queueMicrotask(work);

test("the page's store is read as the browser's own, and tells what changes, once and a moment later", async () => {
  const told = [];
  const store = pageStore({ "a:1": "kept" }, (key, text) => told.push([key, text]), atOnce);
  assert.deepEqual([store.getItem("a:1"), store.getItem("b"), store.getItem("getItem")], ["kept", null, null]);
  store.setItem("b", 1);
  store.setItem("b", 2);
  store.removeItem("a:1");
  assert.deepEqual(Object.keys(store), ["b"]);
  assert.deepEqual(told, []);
  await Promise.resolve();
  assert.deepEqual(told, [["b", "2"], ["a:1", null]]);
});

test("a browser that refuses storage has none, whether at reading or at writing", () => {
  const refuse = () => {
    throw new Error("denied");
  };
  assert.equal(ownStore({ get localStorage() { return refuse(); } }), null);
  assert.equal(ownStore({ localStorage: { setItem: refuse } }), null);
  const usual = { localStorage: browserStore() };
  assert.equal(ownStore(usual), usual.localStorage);
  assert.deepEqual(Object.keys(usual.localStorage), []);
});

test("the page keeps what the stage asks for its own attempt, and gives it back by its own name", () => {
  const store = browserStore();
  assert.equal(keep(store, ATTEMPT, { key: `q:${ATTEMPT}:1`, text: TEXT }), true);
  assert.deepEqual(Object.keys(store), [`scorm-stage:q:${ATTEMPT}:1`]);
  assert.deepEqual(keptFor(store, ATTEMPT, NOW), { [`q:${ATTEMPT}:1`]: TEXT });
  assert.deepEqual(keptFor(store, "another", NOW), {});
  assert.equal(keep(store, ATTEMPT, { key: `q:${ATTEMPT}:1`, text: null }), true);
  assert.deepEqual(Object.keys(store), []);
});

test("what nobody came back for in thirty days is thrown away, and so is what cannot be read", () => {
  const store = browserStore();
  store.setItem("scorm-stage:old", JSON.stringify({ at: NOW - 31 * 86_400_000, commits: [] }));
  store.setItem("scorm-stage:broken", "{");
  store.setItem("another", "{");
  store.setItem(`scorm-stage:${ATTEMPT}`, TEXT);
  assert.deepEqual(Object.keys(keptFor(store, ATTEMPT, NOW)), [ATTEMPT]);
  assert.deepEqual(Object.keys(store), ["another", `scorm-stage:${ATTEMPT}`]);
});

test("nothing else of the site's storage is written by a stage", () => {
  const store = browserStore();
  for (const [attempt, message] of [
    [ATTEMPT, { key: "outbox", text: "x" }],
    [ATTEMPT, { key: 1, text: "x" }],
    [ATTEMPT, { key: `${ATTEMPT}${"x".repeat(200)}`, text: "x" }],
    [ATTEMPT, { key: ATTEMPT, text: "x".repeat(1_000_001) }],
    [ATTEMPT, { key: ATTEMPT, text: {} }],
    [ATTEMPT, { key: ATTEMPT }],
    [undefined, { key: ATTEMPT, text: "x" }],
  ]) {
    assert.equal(keep(store, attempt, message), false);
  }
  assert.deepEqual(Object.keys(store), []);
  assert.deepEqual(keptFor(store, undefined, NOW), {});
});

test("what a queue could not send is sent by the next one, with nothing but the page to keep it", async () => {
  const store = browserStore();
  const sent = [];
  const world = (reply) => ({
    send: async (url, body) => {
      if (reply) sent.push(JSON.parse(body).elements);
      return reply;
    },
    now: () => NOW,
    pause: () => (reply ? Promise.resolve() : new Promise(() => {})),
  });
  const open = (generation, reply) =>
    new CommitQueue({
      commit: { url: "/scorm/commit", token: "t" },
      attempt: { uuid: ATTEMPT, generation },
      store: pageStore(keptFor(store, ATTEMPT, NOW), (key, text) => keep(store, ATTEMPT, { key, text }), atOnce),
      ...world(reply),
    });
  open(1, null).add({ activity: "A", launch: "r", last: false, elements: { "cmi.location": "3" }, state: null, current: "A", suspended: false, rollup: null, ended: null });
  await Promise.resolve();
  assert.equal(Object.keys(keptFor(store, ATTEMPT, NOW)).length, 1);
  const next = open(2, { status: 200, answer: { status: "stored" } });
  next.adopt({ activities: {}, state: null, current: "", isSuspended: false });
  await next.settled();
  assert.deepEqual(sent, [{ "cmi.location": "3" }]);
  assert.deepEqual(keptFor(store, ATTEMPT, NOW), {});
});

test("a package that names one key after another does not fill the storage of the site's page", () => {
  const store = browserStore();
  const kept = [0, 1, 2, 3, 4, 5].map((number) => keep(store, ATTEMPT, { key: `xueshi-scorm:${ATTEMPT}:${number}`, text: TEXT }));
  assert.deepEqual(kept, [true, true, true, true, false, false]);
  assert.equal(keep(store, ATTEMPT, { key: `xueshi-scorm:${ATTEMPT}:1`, text: TEXT }), true);
  assert.equal(keep(store, ATTEMPT, { key: `xueshi-scorm:${ATTEMPT}:1`, text: null }), true);
  assert.equal(keep(store, ATTEMPT, { key: `xueshi-scorm:${ATTEMPT}:7`, text: TEXT }), true);
});
