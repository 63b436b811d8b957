import assert from "node:assert/strict";
import { test } from "node:test";

import { clockOf, cueAt, secondsOf, withTime } from "../../media_pipeline/static/media_pipeline/cue_times.js";

test("times are read as the server reads them", () => {
  const read = ["1:02:03.5", "02:03,5", "90:00", "0：05", "1:60:00", "00:60", "5", "", "-1:00"].map(secondsOf);
  assert.deepEqual(read, [3723.5, 123.5, 5400, 5, null, null, null, null, null]);
});

test("a time is written in whole seconds, never before the start", () => {
  assert.deepEqual([3723.9, 0, -1].map(clockOf), ["01:02:03", "00:00:00", "00:00:00"]);
});

test("a time is put on a line of its own", () => {
  assert.equal(withTime("", 90), "00:01:30 ");
  assert.equal(withTime("00:00:00 开场", 90), "00:00:00 开场\n00:01:30 ");
  assert.equal(withTime("00:00:00 开场\n", 90), "00:00:00 开场\n00:01:30 ");
});

test("the cue that is spoken starts at its first moment and is over at its end", () => {
  const cues = [{ start: 0, end: 1 }, { start: null, end: 9 }, { start: 2, end: 3 }];
  assert.deepEqual([0, 0.99, 1, 2, 3].map((seconds) => cueAt(cues, seconds)), [0, 0, -1, 2, -1]);
});
