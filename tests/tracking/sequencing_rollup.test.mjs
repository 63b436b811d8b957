import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, cluster, completionOf, FLOW, leaf, says, sequence, successOf, walk, when, whenAlways } from "./sequencing_trees.mjs";

const content = { deliveryControls: { completionSetByContent: true, objectiveSetByContent: true } };
const byMeasure = (minNormalizedMeasure, more = {}) => ({ objectives: [{ isPrimary: true, objectiveID: "P", satisfiedByMeasure: true, minNormalizedMeasure, ...more }] });
const rolling = (...rules) => ({ ...FLOW, rollupRules: { rules } });
const rule = (action, condition, childActivitySet, more = {}) => ({ ...when(action, condition), childActivitySet, ...more });

// Let each item in its order say something, and leave the last one, too.
function run(root, ...standings) {
  const sequencer = sequence(root);
  ask(sequencer, "begin");
  for (const standing of standings) {
    if (standing) says(sequencer, standing);
    ask(sequencer, "continue");
  }
  return sequencer;
}
const three = (sequencing, each = content) => cluster("R", sequencing, [leaf("A", each), leaf("B", each), leaf("C", each)]);
const PASS = { completion: "completed", success: "passed" };
const FAIL = { completion: "completed", success: "failed" };

test("by default all must be passed and completed", () => {
  assert.equal(successOf(run(three(FLOW), PASS, PASS, PASS), "R"), "passed");
  assert.equal(completionOf(run(three(FLOW), PASS, PASS, PASS), "R"), "completed");
});
test("by default nothing is decided before every status is known", () => {
  const sequencer = run(three(FLOW), PASS, FAIL);
  assert.deepEqual([completionOf(sequencer, "R"), successOf(sequencer, "R")], ["unknown", "unknown"]);
  assert.equal(successOf(run(three(FLOW), PASS, FAIL, PASS), "R"), "failed");
  assert.equal(completionOf(run(three(FLOW), PASS, { completion: "incomplete" }, PASS), "R"), "incomplete");
});
test("any, none, at least so many, at least such a part", () => {
  const sets = [
    [rule("satisfied", "satisfied", "any"), [FAIL, PASS, FAIL], "passed"],
    [rule("satisfied", "satisfied", "none"), [FAIL, FAIL, FAIL], "passed"],
    [rule("satisfied", "satisfied", "none"), [FAIL, {}, FAIL], "unknown"],
    [rule("satisfied", "satisfied", "atLeastCount", { minimumCount: 2 }), [PASS, FAIL, PASS], "passed"],
    [rule("satisfied", "satisfied", "atLeastCount", { minimumCount: 3 }), [PASS, FAIL, PASS], "unknown"],
    [rule("satisfied", "satisfied", "atLeastPercent", { minimumPercent: 0.6 }), [PASS, FAIL, PASS], "passed"],
    [rule("satisfied", "satisfied", "atLeastPercent", { minimumPercent: 0.7 }), [PASS, FAIL, PASS], "unknown"],
    [rule("notSatisfied", "attempted", "all"), [PASS, PASS, PASS], "failed"],
    [rule("satisfied", "completed", "all"), [FAIL, FAIL, FAIL], "passed"],
  ];
  for (const [one, standings, expected] of sets) assert.equal(successOf(run(three(rolling(one)), ...standings), "R"), expected, JSON.stringify(one));
});
test("satisfied outweighs not satisfied, and completed incomplete", () => {
  const both = rolling(
    rule("notSatisfied", "attempted", "any"), rule("satisfied", "satisfied", "any"), rule("incomplete", "attempted", "any"), rule("completed", "completed", "any"),
  );
  const sequencer = run(three(both), PASS);
  assert.deepEqual([completionOf(sequencer, "R"), successOf(sequencer, "R")], ["completed", "passed"]);
});
test("one own rule of either kind takes the place of both defaults", () => {
  const sequencer = run(three(rolling(rule("notSatisfied", "satisfied", "none"))), PASS, PASS, PASS);
  assert.equal(successOf(sequencer, "R"), "unknown");
});
test("conditions of a rollup rule combine by any unless it says all", () => {
  const conditions = [{ condition: "completed" }, { condition: "satisfied" }];
  const either = rolling({ action: "completed", childActivitySet: "all", conditions });
  const both = rolling({ action: "completed", childActivitySet: "all", conditionCombination: "all", conditions });
  assert.equal(completionOf(run(three(either), FAIL, PASS, PASS), "R"), "completed");
  assert.equal(completionOf(run(three(both), FAIL, PASS, PASS), "R"), "unknown");
});
test("items that do not roll up count for nothing", () => {
  const not = { ...content, rollupRules: { rollupObjectiveSatisfied: false, rollupProgressCompletion: false } };
  const root = cluster("R", FLOW, [leaf("A", content), leaf("B", not), leaf("C", { deliveryControls: { tracked: false } })]);
  const sequencer = run(root, PASS, { completion: "incomplete", success: "failed" }, FAIL);
  assert.deepEqual([completionOf(sequencer, "R"), successOf(sequencer, "R")], ["completed", "passed"]);
});
test("a cluster none of whose items roll up stays as it is", () => {
  const root = cluster("R", FLOW, [leaf("A", { deliveryControls: { tracked: false } })]);
  assert.equal(completionOf(run(root, PASS), "R"), "unknown");
});
test("what is required only if attempted, not suspended or not skipped may be left out", () => {
  const required = (how) => ({ ...content, rollupConsiderations: { requiredForSatisfied: how, requiredForCompleted: how } });
  const stay = (how, more = {}) => cluster("R", FLOW, [leaf("A", content), leaf("B", { ...required(how), ...more })]);
  const sequencer = sequence(stay("ifAttempted"));
  ask(sequencer, "begin");
  says(sequencer, PASS);
  ask(sequencer, "exit");
  assert.deepEqual([completionOf(sequencer, "R"), successOf(sequencer, "R")], ["completed", "passed"]);
  const skipped = sequence(stay("ifNotSkipped", { sequencingRules: { preConditionRules: [whenAlways("skip")] } }));
  ask(skipped, "begin");
  says(skipped, PASS);
  ask(skipped, "exit");
  assert.equal(successOf(skipped, "R"), "passed");
  const suspended = sequence(stay("ifNotSuspended"));
  walk(suspended, "begin", "continue");
  says(suspended, { completion: "incomplete" }, { exit: "suspend" });
  ask(suspended, "choice", "A");
  says(suspended, PASS);
  ask(suspended, "exit");
  assert.equal(completionOf(suspended, "R"), "completed");
});
test("measures roll up by their weights, and an unknown one counts as nothing", () => {
  const weighted = (weight) => ({ ...content, rollupRules: { objectiveMeasureWeight: weight } });
  const root = cluster("R", FLOW, [leaf("A", weighted(1)), leaf("B", weighted(3)), leaf("C", weighted(0))]);
  assert.equal(run(root, { scaled: 0.8 }, { scaled: 0.4 }, { scaled: -1 }).standingOf("R").scaled, 0.5);
  assert.equal(run(root, { scaled: 0.8 }, {}).standingOf("R").scaled, 0.2);
  assert.equal(run(root, {}, {}).standingOf("R").scaled, null);
});
test("no weight at all rolls no measure up", () => {
  const light = { ...content, rollupRules: { objectiveMeasureWeight: 0 } };
  assert.equal(run(three(FLOW, light), { scaled: 1 }).standingOf("R").scaled, null);
});
test("a cluster may be satisfied by its measure", () => {
  const root = three({ ...FLOW, ...byMeasure(0.6) });
  assert.equal(successOf(run(root, { scaled: 0.9 }, { scaled: 0.9 }, { scaled: 0 }), "R"), "passed");
  assert.equal(successOf(run(root, { scaled: 0.9 }, { scaled: 0.8 }), "R"), "failed");
  assert.equal(successOf(run(root, PASS, PASS, PASS), "R"), "unknown");
});
test("an item is satisfied by its measure, whatever it says itself", () => {
  const sequencer = run(cluster("R", FLOW, [leaf("A", { ...content, ...byMeasure(0.5) }), leaf("B")]), { scaled: 0.4, success: "passed" });
  assert.equal(successOf(sequencer, "A"), "failed");
  assert.equal(successOf(run(cluster("R", FLOW, [leaf("A", { ...content, ...byMeasure(0.5) }), leaf("B")]), { success: "passed" }), "A"), "unknown");
});
test("measures may wait for the end of the attempt", () => {
  const waits = { ...FLOW, ...byMeasure(0.5), rollupConsiderations: { measureSatisfactionIfActive: false } };
  const sequencer = sequence(cluster("R", FLOW, [cluster("B", waits, [leaf("B1", content), leaf("B2", content)]), leaf("C")]));
  ask(sequencer, "begin");
  says(sequencer, { scaled: 1 });
  ask(sequencer, "continue");
  assert.equal(successOf(sequencer, "B"), "unknown");
  says(sequencer, { scaled: 1 });
  ask(sequencer, "continue");
  assert.equal(successOf(sequencer, "B"), "passed");
});
test("completion may roll up by progress and its weights", () => {
  const weighing = (weight) => ({ completionThreshold: { completedByMeasure: false, minProgressMeasure: 1, progressWeight: weight } });
  const root = cluster("R", FLOW, [leaf("A", content, weighing(3)), leaf("B", content, weighing(1))], {
    completionThreshold: { completedByMeasure: true, minProgressMeasure: 0.75, progressWeight: 1 },
  });
  assert.deepEqual([completionOf(run(root, { progress: 1 }), "R"), run(root, { progress: 1 }).standingOf("R").progress], ["completed", 0.75]);
  assert.equal(completionOf(run(root, { progress: 0.5 }), "R"), "incomplete");
  assert.equal(completionOf(run(root, PASS), "R"), "unknown");
});
test("an item may be completed by its progress", () => {
  const sequencer = run(cluster("R", FLOW, [leaf("A", content, { completionThreshold: { completedByMeasure: true, minProgressMeasure: 0.8 } }), leaf("B")]), { progress: 0.8, completion: "incomplete" });
  assert.equal(completionOf(sequencer, "A"), "completed");
});
test("rollup goes through every level up to the package", () => {
  const inner = cluster("B", FLOW, [cluster("B1", FLOW, [leaf("B11", content)])]);
  const sequencer = run(cluster("R", FLOW, [inner]), { ...PASS, scaled: 0.7 });
  assert.deepEqual(sequencer.standing(), { completion: "completed", success: "passed", scaled: 0.7, raw: null, min: null, max: null, progress: null });
});
test("a post-test alone may decide", () => {
  const silent = { ...content, rollupRules: { rollupObjectiveSatisfied: false, rollupProgressCompletion: false, objectiveMeasureWeight: 0 } };
  const root = cluster("R", FLOW, [leaf("A", silent), leaf("T", { ...content, ...byMeasure(0.7) })]);
  const sequencer = run(root, {}, { completion: "completed", scaled: 0.75 });
  assert.deepEqual(sequencer.standing(), { completion: "completed", success: "passed", scaled: 0.75, raw: null, min: null, max: null, progress: null });
});
