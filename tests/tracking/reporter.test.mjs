import assert from "node:assert/strict";
import { test } from "node:test";
import { Reporter, waitBeforeTry } from "../../tracking/static/tracking/reporter.js";

const settle = () => new Promise((resolve) => setImmediate(resolve));

function set({ replies }) {
  const pieces = [];
  const heard = { bodies: [], answers: [], ended: [], trouble: [], later: [] };
  const reporter = new Reporter({
    source: { take: () => pieces.splice(0) },
    send: async (body) => {
      heard.bodies.push(structuredClone(body));
      const reply = replies.shift() ?? { status: 200, answer: { sequence: body.sequence } };
      if (reply instanceof Error) throw reply;
      return reply;
    },
    later: (run, wait) => heard.later.push({ run, wait }) && 1,
    on: {
      answer: (answer) => heard.answers.push(answer),
      ended: (answer, status) => heard.ended.push([status, answer]),
      trouble: (ms) => heard.trouble.push(ms),
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
  assert.deepEqual([body.sequence, body.intervals, body.position_ms], [1, [[0, 2000]], 2000]);
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
