import assert from "node:assert/strict";
import { test } from "node:test";
import { Played } from "../../tracking/static/tracking/played.js";

test("what was played is taken once", () => {
  const played = new Played();
  played.begin(0);
  played.reach(4000.4);
  assert.equal(played.unreportedMs, 4000);
  assert.deepEqual(played.take(), [[0, 4000]]);
  assert.deepEqual(played.take(), []);
});
test("playing goes on from where it was taken", () => {
  const played = new Played();
  played.begin(0);
  played.reach(4000);
  played.take();
  played.reach(6000);
  assert.deepEqual(played.take(), [[4000, 6000]]);
});
test("a jump is not played", () => {
  const played = new Played();
  played.begin(0);
  played.reach(1000);
  played.begin(30_000);
  played.reach(31_000);
  assert.deepEqual(played.take(), [[0, 1000], [30_000, 31_000]]);
});
test("going back does not count", () => {
  const played = new Played();
  played.begin(5000);
  played.reach(4000);
  played.stop();
  assert.deepEqual(played.take(), []);
});
test("nothing runs after a stop", () => {
  const played = new Played();
  played.begin(0);
  played.stop();
  played.reach(9000);
  assert.equal(played.isRunning, false);
  assert.deepEqual(played.take(), []);
});
test("looking at what was played takes nothing away", () => {
  const played = new Played();
  played.begin(0);
  played.reach(1000);
  played.begin(5000);
  assert.deepEqual(played.peek(), [[0, 1000]]);
  played.reach(6000);
  assert.deepEqual(played.peek(), [[0, 1000], [5000, 6000]]);
  assert.deepEqual(played.take(), [[0, 1000], [5000, 6000]]);
  assert.deepEqual(played.peek(), []);
});
