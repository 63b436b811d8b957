import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bytesOf, canJoin, joinCommits, keyOf, overlayLaunch, sortLeft, splitCommit, trimCommit, verdictOn, waitBefore,
} from "../../tracking/static/tracking/scorm/commit_rules.js";

const commit = (elements, more = {}) => ({
  activity: "A", launch: "l1", last: false, elements, state: null, current: "A", suspended: false, rollup: null, ended: null, ...more,
});

test("commits of one run join until its last one", () => {
  assert.equal(canJoin(commit({}), commit({})), true);
  assert.equal(canJoin(commit({}), commit({}, { last: true })), true);
  assert.equal(canJoin(commit({}, { last: true }), commit({})), false);
  assert.equal(canJoin(commit({}), commit({}, { launch: "l2" })), false);
  assert.equal(canJoin(commit({}), commit({}, { activity: "B" })), false);
});

test("what is said last holds, what is not said again stays, and a run begins but once", () => {
  const earlier = commit({ a: "1", b: "1" }, { sequence: 4, state: { s: 1 }, rollup: { completion: "incomplete" }, entry: "resume" });
  const later = commit({ b: "2", c: "3" }, { sequence: 5, last: true, suspended: true, entry: "" });
  assert.deepEqual(joinCommits(earlier, later), {
    ...commit({ a: "1", b: "2", c: "3" }), sequence: 4, last: true, state: { s: 1 }, suspended: true,
    rollup: { completion: "incomplete" }, entry: "resume",
  });
  assert.deepEqual(Object.keys(joinCommits(earlier, later).elements), ["a", "b", "c"]);
});

test("a commit that is too long goes in pieces, in order, and its end comes last", () => {
  const elements = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`cmi.interactions.${n}.id`, "q".repeat(100)]));
  const pieces = splitCommit(commit(elements, { last: true, state: { s: 1 }, ended: "finished" }), 600);
  assert.deepEqual(Object.assign({}, ...pieces.map((one) => one.elements)), elements);
  assert.deepEqual(pieces.flatMap((one) => Object.keys(one.elements)), Object.keys(elements));
  assert.equal(pieces.every((one) => bytesOf(one) <= 600), true);
  assert.deepEqual(pieces.map((one) => one.last), [...pieces.slice(1).map(() => false), true]);
  assert.deepEqual([pieces.at(-1).ended, pieces.at(-1).state, pieces[0].state], ["finished", { s: 1 }, null]);
  assert.deepEqual(splitCommit(commit({ a: "1" })), [commit({ a: "1" })]);
});

test("what leaves with the page says the standing first, and the rest waits", () => {
  const elements = {
    "cmi.interactions.0.id": "q".repeat(400), "cmi.suspend_data": "s".repeat(400), "cmi.core.lesson_status": "completed", "cmi.core.exit": "suspend",
  };
  const whole = commit(elements, { last: true });
  assert.deepEqual(trimCommit(whole, 5000), { now: whole, rest: null });
  const { now, rest } = trimCommit(whole, 700);
  assert.deepEqual(Object.keys(now.elements), ["cmi.core.lesson_status", "cmi.core.exit", "cmi.suspend_data"]);
  assert.deepEqual([now.last, rest.last, Object.keys(rest.elements)], [true, false, ["cmi.interactions.0.id"]]);
  const heavy = trimCommit(commit({ "cmi.location": "p" }, { state: { s: "x".repeat(2000) } }), 1000);
  assert.deepEqual([heavy.now.state, heavy.now.elements, heavy.rest.state.s.length], [null, { "cmi.location": "p" }, 2000]);
});

test("lengths are in bytes", () => {
  assert.equal(bytesOf({ a: "页" }) - bytesOf({ a: "p" }), 2);
});

test("an answer means one of five things", () => {
  const of = (status) => verdictOn({ status });
  assert.deepEqual([200, 204, 400, 401, 403, 409, 413, 429, 500, 503].map(of), [
    "stored", "stored", "broken", "shut", "shut", "stale", "broken", "later", "later", "later",
  ]);
  assert.equal(verdictOn(null), "later");
});

test("waits grow to a minute, differ, and heed the server", () => {
  assert.deepEqual([0, 3, 7, 99].map((tries) => waitBefore(tries, 1)), [500, 5000, 60_000, 60_000]);
  assert.equal(waitBefore(0, 0), 250);
  assert.equal(waitBefore(0, 0, 9000), 9000);
});

test("only what the sitting right before left is taken over", () => {
  const kept = (name) => JSON.stringify({ at: 1000, commits: [commit({ a: name }, { isTried: true })] });
  const entries = [
    [keyOf("mine", 4), kept("four")], [keyOf("mine", 3), kept("three")], [keyOf("mine", 6), kept("six")], [keyOf("other", 1), kept("other")],
    ["something-else", "x"], [keyOf("old", 1), "not JSON"],
  ];
  const { commits, dropped } = sortLeft(entries, { attempt: "mine", generation: 5, nowMs: 2000 });
  assert.deepEqual(commits, [commit({ a: "four" })]);
  assert.deepEqual(dropped, [keyOf("mine", 4), keyOf("mine", 3), keyOf("mine", 6), keyOf("old", 1)]);
  assert.deepEqual(sortLeft([[keyOf("other", 1), kept("x")]], { attempt: "mine", generation: 5, nowMs: 40 * 86_400_000 }).dropped, [keyOf("other", 1)]);
});

test("a launch is as if the server had known", () => {
  const launch = { state: { s: 1 }, current: "A", isSuspended: false, activities: { A: { elements: { a: "1", b: "1" }, totalTimeMs: 5, entry: "ab-initio" } } };
  const left = [
    commit({ b: "2", "cmi.core.exit": "suspend" }), commit({}, { last: true, state: { s: 2 }, suspended: true }),
    commit({ z: "1", "cmi.core.exit": "" }, { activity: "B", current: "B", launch: "l2", last: true }),
  ];
  assert.deepEqual(overlayLaunch(launch, left), {
    state: { s: 2 }, current: "B", isSuspended: false,
    activities: {
      A: { elements: { a: "1", b: "2", "cmi.core.exit": "suspend" }, totalTimeMs: 5, entry: "resume" },
      B: { elements: { z: "1", "cmi.core.exit": "" }, totalTimeMs: 0, entry: "" },
    },
  });
  assert.equal(overlayLaunch(launch, []), launch);
});
