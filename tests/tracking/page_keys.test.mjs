import assert from "node:assert/strict";
import { test } from "node:test";
import { swipeOf, turnOf } from "../../tracking/static/tracking/page_keys.js";

const press = (key, more = {}) => turnOf({ key, target: { tagName: "BODY" }, ...more });

test("arrows, page keys, home and end turn pages", () => {
  assert.deepEqual(["ArrowRight", "PageDown", "ArrowLeft", "PageUp", "Home", "End"].map((key) => press(key)), [
    "next",
    "next",
    "previous",
    "previous",
    "first",
    "last",
  ]);
  assert.equal(press("Z"), "zoom");
});
test("keys of the browser, and keys typed into fields, are left alone", () => {
  assert.equal(press("ArrowLeft", { altKey: true }), null);
  assert.equal(press("f", { ctrlKey: true }), null);
  assert.equal(press("End", { target: { tagName: "INPUT" } }), null);
  assert.equal(press("x"), null);
});
test("an enlarged page that has the focus is scrolled and not turned", () => {
  const event = { key: "ArrowRight", target: { tagName: "DIV" } };
  assert.equal(turnOf(event, { isEnlarged: true, isOnPage: true }), null);
  assert.equal(turnOf(event, { isEnlarged: true, isOnPage: false }), "next");
  assert.equal(turnOf({ ...event, key: "z" }, { isEnlarged: true, isOnPage: true }), "zoom");
});
test("a quick level stroke turns, all others scroll", () => {
  assert.equal(swipeOf({ dx: -60, dy: 10, ms: 200 }), "next");
  assert.equal(swipeOf({ dx: 60, dy: -10, ms: 200 }), "previous");
  assert.equal(swipeOf({ dx: -60, dy: 50, ms: 200 }), null);
  assert.equal(swipeOf({ dx: -40, dy: 0, ms: 200 }), null);
  assert.equal(swipeOf({ dx: -90, dy: 0, ms: 1_200 }), null);
});
