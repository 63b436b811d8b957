import assert from "node:assert/strict";
import { test } from "node:test";
import { actionOf } from "../../tracking/static/tracking/keyboard.js";
import { allowedPosition, allowedRate, resumePosition } from "../../tracking/static/tracking/seek_guard.js";
import { clock, fill } from "../../tracking/static/tracking/words.js";

const strict = { furthestMs: 20_000, isFree: false, durationMs: 60_000 };

test("nobody jumps past what was watched", () => assert.equal(allowedPosition(50_000, strict), 20_000));
test("going back is free", () => assert.equal(allowedPosition(5_000, strict), 5_000));
test("a free policy lets jump anywhere inside", () => {
  assert.equal(allowedPosition(50_000, { ...strict, isFree: true }), 50_000);
  assert.equal(allowedPosition(90_000, { ...strict, isFree: true }), 60_000);
  assert.equal(allowedPosition(-5, strict), 0);
});
test("the rate stays within the policy", () => {
  assert.equal(allowedRate(2, 1), 1);
  assert.equal(allowedRate(0.75, 1), 0.75);
});
test("resuming leaves no hole", () => {
  assert.equal(resumePosition(9040, 9026), 9026);
  assert.equal(resumePosition(30_000, 9026), 30_000);
  assert.equal(resumePosition(4000, 9026), 4000);
});
test("keys play unless they belong to a control", () => {
  assert.equal(actionOf({ key: " ", target: { tagName: "BODY" } }), "toggle");
  assert.equal(actionOf({ key: " ", target: { tagName: "BUTTON" } }), null);
  assert.equal(actionOf({ key: "ArrowLeft", target: { tagName: "INPUT" } }), null);
  assert.equal(actionOf({ key: "C", target: { tagName: "BUTTON" } }), "captions");
  assert.equal(actionOf({ key: "?", target: { tagName: "BODY" } }), "help");
  assert.equal(actionOf({ key: "f", ctrlKey: true, target: { tagName: "BODY" } }), null);
  assert.equal(actionOf({ key: "c", target: { tagName: "SELECT" } }), null);
});
test("time is cut, never rounded up", () => {
  assert.equal(clock(45_999), "00:45");
  assert.equal(clock(3_725_000), "1:02:05");
  assert.equal(clock(-5), "00:00");
});
test("texts are filled in", () => assert.equal(fill("还差 {time}，{x}", { time: "00:10" }), "还差 00:10，{x}"));
