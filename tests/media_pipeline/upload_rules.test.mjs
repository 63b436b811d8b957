import assert from "node:assert/strict";
import test from "node:test";

import * as rules from "../../media_pipeline/static/media_pipeline/upload_rules.js";

test("parts are all of one length but the last", () => {
  assert.deepEqual(rules.partNumbers(3), [1, 2, 3]);
  assert.deepEqual([1, 2, 3].map((number) => rules.rangeOf(number, 4, 10)), [
    { start: 0, end: 4 },
    { start: 4, end: 8 },
    { start: 8, end: 10 },
  ]);
  assert.equal(rules.bytesOf([1, 3], 4, 10), 6);
  assert.equal(rules.bytesOf([], 4, 10), 0);
});

test("a file is told from others by name, size and time", () => {
  assert.equal(rules.identityOf({ name: "课.mp4", size: 5, lastModified: 7 }), "课.mp4\n5\n7");
});

test("waits double up to half a minute, and chance takes a quarter away at most", () => {
  assert.deepEqual([1, 2, 3, 4].map((failures) => rules.waitAfter(failures, 0)), [500, 1000, 2000, 4000]);
  assert.equal(rules.waitAfter(50, 0), rules.LONGEST_WAIT_MS);
  assert.equal(rules.waitAfter(1, 1), 375);
});

test("what follows depends on what was answered", () => {
  const answers = { 0: "again", 429: "again", 500: "again", 503: "again", 400: "resend", 403: "sign", 404: "sign" };
  for (const [status, then] of Object.entries(answers)) assert.equal(rules.afterStatus(Number(status)), then);
  for (const status of [410, 413, 507]) assert.equal(rules.afterStatus(status), "stop");
});

test("speed is that of the last quarter of a minute", () => {
  assert.equal(rules.speedOf([]), 0);
  assert.equal(rules.speedOf([{ atMs: 0, bytes: 0 }, { atMs: 400, bytes: 100 }]), 0);
  assert.equal(rules.speedOf([{ atMs: 0, bytes: 0 }, { atMs: 2000, bytes: 100 }]), 50);
  assert.equal(rules.speedOf([{ atMs: 0, bytes: 100 }, { atMs: 2000, bytes: 50 }]), 0);
  const samples = rules.withSample([{ atMs: 0, bytes: 0 }, { atMs: 9000, bytes: 5 }], 16000, 9);
  assert.deepEqual(samples, [{ atMs: 9000, bytes: 5 }, { atMs: 16000, bytes: 9 }]);
});

test("time left is whole seconds, or unknown", () => {
  assert.equal(rules.secondsLeft(101, 50), 3);
  assert.equal(rules.secondsLeft(0, 50), 0);
  assert.equal(rules.secondsLeft(100, 0), null);
  assert.deepEqual([5, 65, 3723].map(rules.clockText), ["0:05", "1:05", "1:02:03"]);
});

test("bytes are counted in 1024", () => {
  assert.deepEqual([0, 1023, 1024, 3.4 * 1024 ** 2, 200 * 1024 ** 2, 1.5 * 1024 ** 3].map(rules.bytesText), [
    "0 B",
    "1023 B",
    "1.0 KB",
    "3.4 MB",
    "200 MB",
    "1.5 GB",
  ]);
});

test("values fill a text and unknown names stay", () => {
  assert.equal(rules.fill("%(a)s / %(b)s %(c)s 5%%", { a: 1, b: "x" }), "1 / x %(c)s 5%");
});

test("every tenth part of the way is spoken", () => {
  assert.deepEqual([0, 9.9, 10, 55, 100].map(rules.milestone), [0, 0, 10, 50, 100]);
});

