import assert from "node:assert/strict";
import { test } from "node:test";
import { covers, firstGap, furthest, merge, total } from "../../tracking/static/tracking/intervals.js";

test("pieces that overlap or touch become one", () => {
  assert.deepEqual(merge([[5, 9], [0, 3], [3, 5], [20, 20]]), [[0, 9]]);
});
test("merging leaves its input alone", () => {
  const pieces = [[0, 3], [2, 5]];
  merge(pieces);
  assert.deepEqual(pieces, [[0, 3], [2, 5]]);
});
test("total and furthest", () => {
  assert.equal(total([[0, 3], [5, 9]]), 7);
  assert.equal(furthest([[5, 9], [0, 3]]), 9);
  assert.equal(furthest([]), 0);
});
test("an end is not covered", () => {
  assert.equal(covers([[0, 3]], 2), true);
  assert.equal(covers([[0, 3]], 3), false);
});
test("the first gap", () => {
  assert.equal(firstGap([], 10), 0);
  assert.equal(firstGap([[0, 3], [5, 10]], 10), 3);
  assert.equal(firstGap([[0, 10]], 10), null);
});
