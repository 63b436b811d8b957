import assert from "node:assert/strict";
import {
  test,
} from "node:test";
import { buttonsOf, choosableOf, counts, firstRequest, isFromStage, isSettled, isSingle, progressOf, refusalOf, rowsOf, savingOf, scoreOf, scrollBy, stateOfItem } from "../../tracking/static/tracking/scorm_page_rules.js";

const shown = (rows) => rows.filter(({ isShown }) => isShown).map(({ request }) => request);

test("only the stage that was opened is heard: the origin and the window must both be its own", () => {
  const stage = {};
  const own = { origin: "http://p1.localhost:8000", source: stage };
  assert.equal(isFromStage({ origin: "http://p1.localhost:8000", source: stage }, own), true);
  assert.equal(isFromStage({ origin: "http://p2.localhost:8000", source: stage }, own), false);
  assert.equal(isFromStage({ origin: "http://p1.localhost:8000", source: {} }, own), false);
  assert.equal(isFromStage({ origin: "null", source: stage }, { origin: "null", source: stage }), false);
  assert.equal(isFromStage({ origin: "http://p1.localhost:8000", source: null }, { ...own, source: null }), false);
});
test("a suspended attempt is resumed, and anything else started", () => {
  assert.equal(firstRequest({ isSuspended: true, attempt: { number: 1 } }), "resumeAll");
  assert.equal(firstRequest({ isSuspended: false, attempt: { number: 1 } }), "start");
  assert.equal(firstRequest({ isSuspended: true, attempt: null }), "start");
});
test("buttons stand there as the sequencer allows and the item wishes", () => {
  const can = { continue: true, previous: false, suspendAll: true, exitAll: true, exit: false, abandonAll: true };
  const rows = buttonsOf({ can, hide: ["exitAll"] });
  assert.deepEqual(shown(rows), ["previous", "continue", "suspendAll", "abandonAll"]);
  assert.deepEqual(rows.filter(({ isEnabled }) => isEnabled).map(({ request }) => request), [
    "continue",
    "suspendAll",
    "exitAll",
    "abandonAll",
  ]);
});
test("a single item has nothing to go on to, and nobody is ever shut in", () => {
  const rows = buttonsOf({ can: {}, hide: ["suspendAll", "exitAll", "continue"], isSingle: true });
  assert.deepEqual(shown(rows), ["suspendAll"]);
});
test("an item's state is its success where that is known, else its completion", () => {
  assert.equal(stateOfItem({ completion: "completed", success: "failed" }), "failed");
  assert.equal(stateOfItem({ completion: "incomplete", success: "unknown" }), "incomplete");
  assert.equal(stateOfItem({ completion: "not attempted", success: "unknown" }), "unattempted");
  assert.equal(stateOfItem({}), "unattempted");
});
test("the table of contents leaves out what is invisible and counts leaves", () => {
  const items = [
    { id: "root", title: "课件", depth: 0, isLeaf: false, isVisible: true, isEnabled: true, completion: "incomplete" },
    { id: "a", title: "一", depth: 1, isLeaf: true, isVisible: true, isEnabled: true, completion: "completed" },
    { id: "b", title: "", depth: 9, isLeaf: true, isVisible: true, isEnabled: false },
    { id: "c", title: "隐", depth: 1, isLeaf: true, isVisible: false, isEnabled: true },
  ];
  assert.deepEqual(rowsOf(items).map(({ id, title, depth }) => [id, title, depth]), [
    ["root", "课件", 0],
    ["a", "一", 1],
    ["b", "b", 6],
  ]);
  assert.deepEqual(choosableOf(items), ["a"]);
  assert.deepEqual(progressOf(items), { done: 1, all: 2 });
  assert.equal(isSingle(items), false);
  assert.equal(isSingle(items.slice(0, 2)), true);
});
test("what waits to be saved is said as saving for five seconds, and then as not saved", () => {
  assert.equal(savingOf({ pending: 0, isOnline: false }), "saved");
  assert.equal(savingOf({ pending: 2, sinceMs: 100 }), "saving");
  assert.equal(savingOf({ pending: 2, sinceMs: 5_000 }), "unsaved");
  assert.equal(savingOf({ pending: 2, isOnline: false }), "unsaved");
});
test("a score is shown as it came, or scaled to a hundred, or not at all", () => {
  assert.equal(scoreOf({ raw: 80, max: 100, scaled: 0.8 }), "80 / 100");
  assert.equal(scoreOf({ raw: 7.125 }), "7.13");
  assert.equal(scoreOf({ scaled: 0.855 }), "85.5 / 100");
  assert.equal(scoreOf({ raw: 0, max: 10 }), "0 / 10");
  assert.equal(scoreOf({}), "");
});
test("time counts while an item runs on a page that is seen and nothing is asked", () => {
  const all = { itemState: "running", isHidden: false, isChallenged: false, isOpen: true };
  assert.equal(counts(all), true);
  assert.equal(counts({ ...all, itemState: "launching" }), false);
  assert.equal(counts({ ...all, itemState: "ended" }), false);
  assert.equal(counts({ ...all, isHidden: true }), false);
  assert.equal(counts({ ...all, isChallenged: true }), false);
  assert.equal(counts({ ...all, isOpen: false }), false);
});
test("a refused commit says why nothing more is saved", () => {
  assert.deepEqual(["stale", "attempt_ended", "token"].map(refusalOf), ["elsewhere", "over", "expired"]);
});

test("a list is scrolled as little as shows the entry, and from its beginning where it is higher than the list", () => {
  const moves = [[0, 20], [60, 90], [-30, 10], [90, 130], [20, 200]].map(([top, bottom]) => scrollBy({ top, bottom }, 100));
  assert.deepEqual(moves, [0, 0, -30, 30, 20]);
});

test("what came to an end is not said to be shut", () => {
  const states = ["unattempted", "incomplete", "completed", "passed", "failed"].map(isSettled);
  assert.deepEqual(states, [false, false, true, true, true]);
});

test("a part of a package is under way as soon as something in it is", () => {
  const leaf = (id, more) => ({ id, depth: 2, isLeaf: true, ...more });
  const part = (id, more) => ({ id, depth: 1, isLeaf: false, ...more });
  const items = [
    { id: "R", depth: 0, isLeaf: false }, part("A"), leaf("A1"), part("B"), leaf("B1", { completion: "completed" }), leaf("B2"),
    part("C", { completion: "completed" }), leaf("C1", { isCurrent: true }), part("D"), leaf("D1", { isCurrent: true }),
  ];
  const states = Object.fromEntries(rowsOf(items).filter(({ isLeaf }) => !isLeaf).map(({ id, state }) => [id, state]));
  assert.deepEqual(states, { R: "incomplete", A: "unattempted", B: "incomplete", C: "completed", D: "incomplete" });
});
