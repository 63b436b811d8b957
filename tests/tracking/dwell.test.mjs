import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTIVE_FOR_MS, Dwell } from "../../tracking/static/tracking/dwell.js";

function running(dwell, from, to) {
  for (let at = from; at <= to; at += 500) dwell.tick(at, true);
}
test("visible time goes on from the first gap", () => {
  const dwell = new Dwell(10_000, 60_000);
  running(dwell, 0, 4000);
  assert.deepEqual(dwell.take(), [[10_000, 14_000]]);
  running(dwell, 4500, 5000);
  assert.deepEqual(dwell.take(), [[14_000, 15_000]]);
});
test("time in which it stood does not count", () => {
  const dwell = new Dwell(0, 60_000);
  running(dwell, 0, 1000);
  dwell.tick(1500, false);
  dwell.tick(9000, true);
  dwell.tick(9500, true);
  assert.deepEqual(dwell.take(), [[0, 1500]]);
});
test("a sleeping machine adds nothing", () => {
  const dwell = new Dwell(0, 60_000);
  dwell.tick(0, true);
  dwell.tick(3_600_000, true);
  assert.deepEqual(dwell.take(), []);
});
test("after an answer the timeline goes on from the first gap", () => {
  const dwell = new Dwell(0, 60_000);
  running(dwell, 0, 4000);
  dwell.take();
  dwell.settle(3000, 0); // one second was not credited
  running(dwell, 4500, 5000);
  assert.deepEqual(dwell.take(), [[3000, 4000]]);
});
test("time beyond what is asked is not claimed", () => {
  const dwell = new Dwell(58_000, 60_000);
  running(dwell, 0, 4000);
  assert.deepEqual(dwell.take(), [[58_000, 60_000]]);
});
test("a reader is there for a minute after the last sign", () => {
  const dwell = new Dwell(0, 60_000);
  assert.equal(dwell.isActive(0), false);
  dwell.touch(1000);
  assert.equal(dwell.isActive(1000 + ACTIVE_FOR_MS), true);
  assert.equal(dwell.isActive(1001 + ACTIVE_FOR_MS), false);
});
test("looking at the time spent takes nothing away", () => {
  const dwell = new Dwell(10_000, 60_000);
  assert.deepEqual(dwell.peek(), []);
  running(dwell, 0, 4000);
  assert.deepEqual(dwell.peek(), [[10_000, 14_000]]);
  assert.deepEqual(dwell.take(), [[10_000, 14_000]]);
  assert.deepEqual(dwell.peek(), []);
});
