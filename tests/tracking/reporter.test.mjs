import assert from "node:assert/strict";
import { test } from "node:test";
import { Reporter, waitBeforeTry } from "../../tracking/static/tracking/reporter.js";

const settle = () => new Promise((resolve) => setImmediate(resolve));

function set({ replies }) {
  const pieces = [];
  const heard = { bodies: [], answers: [], ended: [], trouble: [], later: [] };
  const reporter = new Reporter({
    source: { take: () => pieces.splice(0), peek: () => [...pieces] },
    send: async (body) => {
      heard.bodies.push(structuredClone(body));
      const reply = replies.shift() ?? { status: 200, answer: { sequence: body.sequence } };
      if (reply instanceof Error) throw reply;
      return reply;
    },
    later: (run, wait) => heard.later.push({ run, wait }) && 1,
    random: () => 0,
    on: {
      answer: (answer) => heard.answers.push(answer),
      ended: (answer, status) => heard.ended.push([status, answer]),
      trouble: (kind) => heard.trouble.push(kind),
    },
  });
  reporter.start("t");
  return { reporter, pieces, heard };
}
const facts = { visible: true, rate: 1, positionMs: 1000 };

test("reports are numbered in order", async () => {
  const { reporter, pieces, heard } = set({ replies: [] });
  pieces.push([0, 1000]);
  reporter.flush(facts);
  await settle();
  pieces.push([1000, 2000]);
  reporter.flush(facts);
  await settle();
  assert.deepEqual(heard.bodies.map((body) => [body.sequence, body.intervals]), [[0, [[0, 1000]]], [1, [[1000, 2000]]]]);
  assert.equal(heard.answers.length, 2);
});
test("nothing played is not reported unless forced", async () => {
  const { reporter, heard } = set({ replies: [] });
  reporter.flush(facts);
  await settle();
  assert.equal(heard.bodies.length, 0);
  reporter.flush({ ...facts, force: true });
  await settle();
  assert.deepEqual(heard.bodies[0].intervals, []);
});
test("a lost report is repeated unchanged, and what was played meanwhile waits", async () => {
  const { reporter, pieces, heard } = set({ replies: [new Error("offline"), { status: 503 }] });
  pieces.push([0, 1000]);
  reporter.flush(facts);
  await settle();
  pieces.push([1000, 2000]);
  reporter.flush(facts);
  pieces.push([2000, 3000]);
  reporter.flush(facts);
  await settle();
  assert.equal(heard.bodies.length, 1);
  assert.equal(reporter.waitingMs, 3000);
  heard.later.shift().run();
  await settle();
  heard.later.shift().run();
  await settle();
  await settle();
  assert.deepEqual(
    heard.bodies.map((body) => [body.sequence, body.intervals]),
    [[0, [[0, 1000]]], [0, [[0, 1000]]], [0, [[0, 1000]]], [1, [[1000, 3000]]]],
  );
  assert.equal(reporter.waitingMs, 0);
});
test("the server may say when to come back", async () => {
  const { reporter, pieces, heard } = set({ replies: [{ status: 503, retryAfterMs: 7000 }] });
  pieces.push([0, 1000]);
  reporter.flush(facts);
  await settle();
  assert.equal(heard.later[0].wait, 7000);
  assert.deepEqual(heard.trouble, ["busy"]);
});
test("nobody comes back sooner than the server said, and not all at once", () => {
  assert.equal(waitBeforeTry(0, 0, 7000), 7000);
  assert.equal(waitBeforeTry(5, 0.5, 7000), 10_500);
  assert.equal(waitBeforeTry(0, 1, 200), 1200); // a short wait is spread over a second
});
test("when the network is back the wait is cut short, and the report goes once", async () => {
  const { reporter, pieces, heard } = set({ replies: [new Error("offline")] });
  pieces.push([0, 1000]);
  reporter.flush(facts);
  await settle();
  assert.deepEqual(heard.trouble, ["offline"]);
  reporter.retrySoon();
  assert.equal(heard.later.length, 2);
  for (const { run } of heard.later.splice(0)) run();
  await settle();
  assert.equal(heard.bodies.length, 2);
  assert.equal(reporter.waitingMs, 0);
});
test("a fresh token is used from then on; a frozen report keeps its own", async () => {
  const { reporter, pieces, heard } = set({ replies: [{ status: 200, answer: { token: "t2" } }, new Error("offline")] });
  pieces.push([0, 1000]);
  reporter.flush(facts);
  await settle();
  assert.equal(reporter.token, "t2");
  pieces.push([1000, 2000]);
  reporter.flush(facts);
  await settle();
  heard.later.shift().run();
  await settle();
  assert.deepEqual(heard.bodies.map((body) => [body.token, body.sequence]), [["t", 0], ["t2", 1], ["t2", 1]]);
});
test("what is not acknowledged can be had at any time, with the numbers it will be sent with", async () => {
  const { reporter, pieces } = set({ replies: [new Error("offline")] });
  assert.deepEqual(reporter.unacknowledged(facts), []);
  pieces.push([0, 1000]);
  reporter.flush(facts);
  await settle();
  pieces.push([1000, 2000]);
  reporter.flush(facts);
  pieces.push([2000, 3000]);
  const body = { token: "t", visible: true, rate: 1, position_ms: 1000 };
  assert.deepEqual(reporter.unacknowledged(facts), [
    { ...body, sequence: 0, intervals: [[0, 1000]] },
    { ...body, sequence: 1, intervals: [[1000, 2000]] },
    { ...body, sequence: 2, intervals: [[2000, 3000]] },
  ]);
  assert.deepEqual(pieces, [[2000, 3000]]);
});
test("what is acknowledged is no longer to be kept", async () => {
  const { reporter, pieces } = set({ replies: [] });
  pieces.push([0, 1000]);
  reporter.flush(facts);
  await settle();
  assert.deepEqual(reporter.unacknowledged(facts), []);
});
test("more pieces than one report may hold go into several, and none is lost", async () => {
  const { reporter, pieces, heard } = set({ replies: [] });
  for (let at = 0; at < 150; at += 1) pieces.push([at * 10, at * 10 + 5]);
  assert.deepEqual(reporter.unacknowledged(facts).map((body) => body.intervals.length), [64, 64, 22]);
  reporter.flush(facts);
  for (let round = 0; round < 6; round += 1) await settle();
  assert.deepEqual(heard.bodies.map((body) => [body.sequence, body.intervals.length]), [[0, 64], [1, 64], [2, 22]]);
});
test("an answer to the lease before is not heard, and does not hold up the new one", async () => {
  let answer;
  const late = new Promise((resolve) => (answer = resolve));
  const { reporter, pieces, heard } = set({ replies: [late] });
  pieces.push([0, 1000]);
  reporter.flush(facts);
  await settle();
  reporter.start("u");
  pieces.push([1000, 2000]);
  reporter.flush(facts);
  await settle();
  answer({ status: 409, answer: {} });
  await settle();
  assert.deepEqual(heard.bodies.map((body) => body.token), ["t", "u"]);
  assert.deepEqual(heard.ended, []);
  assert.equal(reporter.isOpen, true);
});
test("when the lease is over, what is left can still be had", async () => {
  const { reporter, pieces, heard } = set({ replies: [{ status: 409, answer: {} }] });
  let rest;
  heard.ended.push = () => (rest = reporter.unacknowledged(facts));
  pieces.push([0, 1000]);
  reporter.flush(facts);
  pieces.push([1000, 2000]);
  reporter.flush(facts);
  await settle();
  assert.deepEqual(rest.map((body) => [body.sequence, body.intervals]), [[1, [[1000, 2000]]]]);
  assert.equal(reporter.isOpen, false);
});
test("hidden and visible time are not mixed", async () => {
  const { reporter, pieces, heard } = set({ replies: [] });
  pieces.push([0, 1000]);
  reporter.flush(facts);
  pieces.push([1000, 2000]);
  reporter.flush({ ...facts, visible: false });
  pieces.push([2000, 3000]);
  reporter.flush(facts);
  await settle();
  await settle();
  await settle();
  assert.deepEqual(heard.bodies.map((body) => body.visible), [true, false, true]);
});
test("an ended lease stops the reports", async () => {
  const { reporter, pieces, heard } = set({ replies: [{ status: 409, answer: { end_reason: "taken_over" } }] });
  pieces.push([0, 1000]);
  reporter.flush(facts);
  await settle();
  pieces.push([1000, 2000]);
  reporter.flush(facts);
  await settle();
  assert.deepEqual(heard.ended, [[409, { end_reason: "taken_over" }]]);
  assert.equal(heard.bodies.length, 1);
  assert.equal(reporter.isOpen, false);
});
test("the farewell holds all that was not acknowledged under a new number", async () => {
  const { reporter, pieces } = set({ replies: [new Error("offline")] });
  pieces.push([0, 1000]);
  reporter.flush(facts);
  await settle();
  pieces.push([1000, 2000]);
  const body = reporter.farewell({ rate: 1, positionMs: 2000 });
  assert.deepEqual([body.sequence, body.intervals, body.position_ms], [2, [[0, 2000]], 2000]);
  assert.equal(reporter.farewell({ rate: 1, positionMs: 2000 }), null);
});
test("a new lease begins to count anew", async () => {
  const { reporter, pieces, heard } = set({ replies: [] });
  pieces.push([0, 1000]);
  reporter.flush(facts);
  await settle();
  reporter.start("u");
  pieces.push([1000, 2000]);
  reporter.flush(facts);
  await settle();
  assert.deepEqual(heard.bodies.map((body) => [body.token, body.sequence]), [["t", 0], ["u", 0]]);
});
test("waits grow, are jittered and bounded", () => {
  assert.equal(waitBeforeTry(0, 0), 500);
  assert.equal(waitBeforeTry(0, 1), 1000);
  assert.equal(waitBeforeTry(3, 1), 8000);
  assert.equal(waitBeforeTry(60, 1), 30_000);
});
