import assert from "node:assert/strict";
import { test } from "node:test";
import { Itinerary } from "../../tracking/static/tracking/scorm/itinerary.js";
import { arePrerequisitesMet } from "../../tracking/static/tracking/scorm/prerequisites.js";
import { ask, cluster, enabledIn, leaf, outlineOf, walk } from "./sequencing_trees.mjs";

const STATUSES = { A: "passed", B: "completed", C: "incomplete", D: "failed", E: "not attempted", F: "browsed" };
const isMet = (script) => arePrerequisitesMet(script, (id) => STATUSES[id]);

test("prerequisites are read as AICC's script is", () => {
  const truths = ["", "  ", "A", "B", "A&B", "A & B", "A|C", "C|A", "~C", "~(C|D)", "A&(C|B)", "D=failed", 'D="failed"', "C=i", "E=n", "E=not attempted", "E=\"not attempted\"",
    "A<>failed", "F=browsed", "2*{A, B, C}", "1*{C|A, D}", "A&2*{A,B}", "A|B&C", "{A}"];
  const lies = ["C", "D", "E", "A&C", "C|D", "~A", "~(A|C)", "(A|B)&C", "D<>failed", "3*{A,B,C}", "A=completed", "F", "NOBODY"];
  for (const script of truths) assert.equal(isMet(script), true, script);
  for (const script of lies) assert.equal(isMet(script), false, script);
});
test("a script that cannot be read shuts nobody out", () => {
  for (const script of ["A&", "(A", "A B", "2*{", "&", "A=", "{A"]) assert.equal(isMet(script), true, script);
});

const says12 = (itinerary, status, raw = null) => {
  itinerary.report(itinerary.currentId, { status, standing: { scaled: raw === null ? null : raw / 100, raw, min: null, max: null } });
};
const needs = (id, prerequisites) => leaf(id, null, { prerequisites });
const journey = (root, options) => new Itinerary(outlineOf(root, { standard: "1.2" }), options);

test("in 1.2 items follow one another in the order of the organization", () => {
  const itinerary = journey(cluster("R", null, [leaf("A"), cluster("B", null, [leaf("B1"), leaf("B2")]), leaf("C")]));
  assert.deepEqual(walk(itinerary, "begin", "continue", "continue", "continue", "continue", "previous", "choice:A", "choice:B"), [
    "A", "B1", "B2", "C", "not_available", "B2", "A", "B1",
  ]);
  assert.deepEqual([itinerary.outline().can.previous, itinerary.outline().can.continue], [true, true]);
});
test("an item opens when its prerequisites are met", () => {
  const itinerary = journey(cluster("R", null, [leaf("A"), needs("B", "A"), needs("C", "B")]));
  ask(itinerary, "begin");
  assert.deepEqual(enabledIn(itinerary), ["A"]);
  assert.equal(itinerary.outline().can.continue, false);
  says12(itinerary, "completed");
  assert.deepEqual([enabledIn(itinerary), walk(itinerary, "choice:C", "continue")], [["A", "B"], ["not_available", "B"]]);
});
test("a block is done when all that lies below it is", () => {
  const itinerary = journey(cluster("R", null, [cluster("B", null, [leaf("B1"), leaf("B2")]), needs("C", "B")]));
  ask(itinerary, "begin");
  says12(itinerary, "passed");
  assert.deepEqual([itinerary.standingOf("B").completion, enabledIn(itinerary).includes("C")], ["incomplete", false]);
  ask(itinerary, "continue");
  says12(itinerary, "completed");
  assert.deepEqual([itinerary.standingOf("B").completion, itinerary.standingOf("B").success, enabledIn(itinerary).includes("C")], ["completed", "passed", true]);
});
test("an asset is done once it was opened", () => {
  const itinerary = journey(cluster("R", null, [leaf("A"), leaf("B")]));
  ask(itinerary, "begin");
  itinerary.reportAsset("A");
  ask(itinerary, "continue");
  itinerary.reportAsset("B");
  assert.deepEqual(itinerary.standing(), { completion: "completed", success: "unknown", scaled: null, raw: null, min: null, max: null, progress: 1 });
});
test("the package has the score of its only scored item, or the mean of their scaled ones", () => {
  const itinerary = journey(cluster("R", null, [leaf("A"), leaf("B")]));
  ask(itinerary, "begin");
  says12(itinerary, "passed", 80);
  assert.deepEqual([itinerary.standing().raw, itinerary.standing().scaled, itinerary.standing().progress], [80, 0.8, 0.5]);
  ask(itinerary, "continue");
  says12(itinerary, "failed", 40);
  assert.deepEqual(itinerary.standing(), { completion: "completed", success: "failed", scaled: 0.6, raw: null, min: null, max: null, progress: 0.5 });
});
test("a failed item leaves the package incomplete while others are still to be done", () => {
  const itinerary = journey(cluster("R", null, [leaf("A"), leaf("B")]));
  ask(itinerary, "begin");
  says12(itinerary, "failed", 10);
  const { completion, success } = itinerary.standing();
  assert.deepEqual([completion, success, itinerary.standingOf("A").success], ["incomplete", "unknown", "failed"]);
});
test("nobody is held to find an item that the contents hide, and whoever opens it has it to do", () => {
  const itinerary = journey(cluster("R", null, [leaf("A"), leaf("B", null, { isVisible: false }), leaf("C")]));
  ask(itinerary, "begin");
  says12(itinerary, "completed");
  walk(itinerary, "choice:C");
  says12(itinerary, "completed");
  assert.deepEqual([itinerary.standing().completion, itinerary.standing().progress], ["completed", 1]);
  ask(itinerary, "previous");
  says12(itinerary, "incomplete");
  assert.deepEqual([itinerary.currentId, itinerary.standing().completion], ["B", "incomplete"]);
});
test("a sitting goes on where the one before was left", () => {
  const root = cluster("R", null, [leaf("A"), leaf("B"), leaf("C")]);
  const itinerary = journey(root);
  walk(itinerary, "begin", "continue");
  says12(itinerary, "incomplete");
  assert.equal(ask(itinerary, "suspendAll"), "end");
  const again = journey(root, { state: JSON.parse(JSON.stringify(itinerary.save())) });
  assert.deepEqual([again.isSuspended, ask(again, "begin"), again.standingOf("B").completion], [true, "B", "incomplete"]);
});
test("an attempt in 1.2 ends when all is done and the learner leaves", () => {
  const itinerary = journey(leaf("R"));
  assert.equal(ask(itinerary, "begin"), "R");
  says12(itinerary, "incomplete");
  assert.deepEqual([ask(itinerary, "exitAll"), itinerary.hasEnded], ["end", false]);
  ask(itinerary, "begin");
  says12(itinerary, "passed");
  assert.deepEqual([ask(itinerary, "exitAll"), itinerary.hasEnded], ["end", true]);
});
test("where the first item is shut the first open one is begun", () => {
  assert.equal(ask(journey(cluster("R", null, [needs("A", "B"), leaf("B")])), "begin"), "B");
});
