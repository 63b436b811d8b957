import assert from "node:assert/strict";
import test from "node:test";

import {
  addressFor,
  FIRST_WAIT_MS,
  lineFor,
  LONGEST_WAIT_MS,
  nextWait,
} from "../../media_pipeline/static/media_pipeline/status_rules.js";

test("the address names every video, and is empty without one", () => {
  assert.equal(addressFor("/admin/video/statuses/", ["a", "b"]), "/admin/video/statuses/?uuid=a&uuid=b");
  assert.equal(addressFor("/admin/video/statuses/", []), "");
});

test("waiting doubles with every failure, up to a limit", () => {
  assert.deepEqual([0, 1, 2].map(nextWait), [FIRST_WAIT_MS, FIRST_WAIT_MS * 2, FIRST_WAIT_MS * 4]);
  assert.equal(nextWait(50), LONGEST_WAIT_MS);
});

test("a finished video shows no progress", () => {
  const failed = { label: "失败", percent: 0, reason: "文件已损坏", finished: true };
  assert.deepEqual(lineFor(failed), { label: "失败", percent: 0, showsProgress: false, reason: "文件已损坏" });
  assert.equal(lineFor({ ...failed, finished: false }).showsProgress, true);
});
