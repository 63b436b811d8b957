import assert from "node:assert/strict";
import { test } from "node:test";
import { PageClock } from "../../tracking/static/tracking/page_clock.js";

const deck = (more = {}) => new PageClock({ pageCount: 3, pageMs: 10_000, ...more });

function show(clock, from, to) {
  for (let at = from; at <= to; at += 500) clock.tick(at, true);
}

test("a page runs in real time and stands still at its end until it is turned", () => {
  const clock = deck();
  show(clock, 0, 30_000);
  assert.deepEqual(clock.take(), [[0, 10_000]]);
  assert.equal(clock.leftMs(), 0);
  assert.equal(clock.positionMs, 9_999);
});
test("turning pages faster than they can be read earns what the clock gave", () => {
  const clock = deck();
  show(clock, 0, 1_000);
  clock.turnTo(1);
  show(clock, 1_000, 2_000);
  clock.turnTo(2);
  show(clock, 2_000, 3_000);
  assert.deepEqual(clock.take(), [
    [0, 1_000],
    [10_000, 11_000],
    [20_000, 21_000],
  ]);
});
test("a page gone back to goes on where it was left", () => {
  const clock = deck();
  show(clock, 0, 4_000);
  clock.turnTo(1);
  clock.turnTo(0);
  show(clock, 5_000, 7_000);
  assert.deepEqual(clock.take(), [[0, 6_000]]);
  assert.equal(clock.leftMs(0), 4_000);
  assert.deepEqual(clock.states, ["begun", "unread", "unread"]);
});
test("a page that is read is shown again for nothing", () => {
  const clock = deck({ coverage: [[0, 10_000]] });
  show(clock, 0, 5_000);
  assert.deepEqual(clock.take(), []);
  assert.equal(clock.isRead(), true);
});
test("holes of a page are filled, and nothing twice", () => {
  const clock = deck({
    coverage: [
      [2_000, 4_000],
      [7_000, 10_000],
    ],
  });
  show(clock, 0, 20_000);
  assert.deepEqual(clock.take(), [
    [0, 2_000],
    [4_000, 7_000],
  ]);
});
test("time in which the page was not shown, and sleep, add nothing", () => {
  const clock = deck();
  show(clock, 0, 1_000);
  clock.tick(1_500, false);
  clock.tick(6_000, true);
  clock.tick(6_500, true);
  clock.tick(3_600_000, true);
  assert.deepEqual(clock.take(), [[0, 1_500]]);
});
test("what the server did not credit is shown again", () => {
  const clock = deck();
  show(clock, 0, 6_000);
  clock.take();
  clock.settle([[0, 3_000]]);
  assert.equal(clock.leftMs(), 7_000);
  clock.tick(6_000, false);
  show(clock, 7_000, 9_000);
  assert.deepEqual(clock.take(), [[3_000, 5_000]]);
});
test("what waits for an answer stays known", () => {
  const clock = deck();
  show(clock, 0, 6_000);
  clock.take();
  clock.settle([], { keeps: true });
  assert.equal(clock.leftMs(), 4_000);
});
test("the next page to read lies ahead, then behind, then nowhere", () => {
  const clock = deck({ coverage: [[10_000, 20_000]] });
  assert.equal(clock.nextUnread, 2);
  clock.turnTo(2);
  assert.equal(clock.nextUnread, 0);
  clock.settle([[0, 30_000]]);
  assert.equal(clock.nextUnread, null);
  assert.deepEqual(clock.states, ["read", "read", "read"]);
});
test("positions lie on pages, and the end on the last", () => {
  const clock = deck();
  assert.deepEqual([0, 9_999, 10_000, 30_000, 99_000].map((at) => clock.pageAt(at)), [0, 0, 1, 2, 2]);
  clock.turnTo(9);
  assert.equal(clock.page, 2);
  clock.turnTo(-1);
  assert.equal(clock.page, 0);
});
