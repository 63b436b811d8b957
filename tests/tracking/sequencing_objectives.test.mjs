import assert from "node:assert/strict";
import { test } from "node:test";
import { Sequencer } from "../../tracking/static/tracking/scorm/sequencer.js";
import { ask, chanceFrom, cluster, completionOf, enabledIn, FLOW, leaf, outlineOf, says, sequence, successOf, unless, walk, when } from "./sequencing_trees.mjs";

const content = { deliveryControls: { completionSetByContent: true, objectiveSetByContent: true } };
const shares = (id, target, map, more = {}) => ({ isPrimary: true, objectiveID: id, mapInfo: [{ targetObjectiveID: target, ...map }], ...more });
const before = (...rules) => ({ sequencingRules: { preConditionRules: rules } });
const WRITES = { readSatisfiedStatus: false, readNormalizedMeasure: false, writeSatisfiedStatus: true, writeNormalizedMeasure: true };
const ofItem = (sequencer, id, objective) => sequencer.objectivesOf(id).find((one) => one.id === objective);

test("a shared objective carries satisfaction from one item to the next", () => {
  const root = cluster("R", FLOW, [
    leaf("A", { ...content, objectives: [shares("a", "G", WRITES)] }),
    leaf("B", { ...content, objectives: [shares("b", "G", { readSatisfiedStatus: true })] }),
    leaf("C", { ...content, objectives: [shares("c", "OTHER", {})] }),
  ]);
  const sequencer = sequence(root);
  ask(sequencer, "begin");
  says(sequencer, { success: "passed", scaled: 0.9 });
  ask(sequencer, "continue");
  assert.deepEqual([successOf(sequencer, "B"), sequencer.standingOf("B").scaled, successOf(sequencer, "C")], ["passed", 0.9, "unknown"]);
  assert.deepEqual(ofItem(sequencer, "B", "b"), {
    id: "b", success: "passed", completion: undefined, scaled: 0.9, raw: undefined, min: undefined, max: undefined, progress: undefined,
  });
});
test("what is not to be read is not, and what is not to be written neither", () => {
  const root = cluster("R", FLOW, [
    leaf("A", { ...content, objectives: [shares("a", "G", { writeSatisfiedStatus: true })] }),
    leaf("B", { ...content, objectives: [shares("b", "G", { readSatisfiedStatus: false, readNormalizedMeasure: true })] }),
  ]);
  const sequencer = sequence(root);
  ask(sequencer, "begin");
  says(sequencer, { success: "passed", scaled: 0.9 });
  ask(sequencer, "continue");
  assert.deepEqual([successOf(sequencer, "B"), sequencer.standingOf("B").scaled], ["unknown", null]);
});
test("a measure that is read decides where measures decide", () => {
  const root = cluster("R", FLOW, [
    leaf("A", { ...content, objectives: [shares("a", "G", { writeNormalizedMeasure: true })] }),
    leaf("B", { ...content, objectives: [shares("b", "G", {}, { satisfiedByMeasure: true, minNormalizedMeasure: 0.6 })] }),
  ]);
  const sequencer = sequence(root);
  ask(sequencer, "begin");
  says(sequencer, { scaled: 0.7 });
  ask(sequencer, "continue");
  assert.equal(successOf(sequencer, "B"), "passed");
});
test("the fourth edition shares scores, completion and progress, too", () => {
  const all = {
    targetObjectiveID: "G", writeRawScore: true, writeMinScore: true, writeMaxScore: true, writeCompletionStatus: true, writeProgressMeasure: true,
  };
  const reads = { targetObjectiveID: "G", readRawScore: true };
  const root = cluster("R", FLOW, [
    leaf("A", { ...content, objectives: [{ isPrimary: true, objectiveID: "a", mapInfo: [all] }] }),
    leaf("B", { ...content, objectives: [{ isPrimary: true, objectiveID: "b" }, { objectiveID: "x", mapInfo: [reads] }] }),
  ]);
  const sequencer = sequence(root);
  ask(sequencer, "begin");
  says(sequencer, { completion: "incomplete", progress: 0.5, raw: 5, min: 0, max: 10, success: "passed" });
  ask(sequencer, "continue");
  assert.deepEqual(ofItem(sequencer, "B", "x"), {
    id: "x", success: undefined, completion: "incomplete", scaled: undefined, raw: 5, min: 0, max: 10, progress: 0.5,
  });
  assert.equal(completionOf(sequencer, "B"), "unknown");
});
test("objectives of an item are set by their names, and the primary one by what is said of the item", () => {
  const objectives = [{ isPrimary: true, objectiveID: "p" }, { objectiveID: "x", mapInfo: [{ targetObjectiveID: "G", writeSatisfiedStatus: true }] }];
  const root = cluster("R", FLOW, [leaf("A", { ...content, objectives }), leaf("B", { ...content, ...before(when("skip", "satisfied", { referencedObjective: "y" })), objectives: [{ isPrimary: true }, { objectiveID: "y", mapInfo: [{ targetObjectiveID: "G" }] }] }), leaf("C")]);
  const sequencer = sequence(root);
  ask(sequencer, "begin");
  says(sequencer, { success: "failed" }, { objectives: [{ id: "x", success: "passed" }, { id: "p", success: "passed", scaled: 0.5 }, { id: "unheard of", success: "passed" }] });
  assert.deepEqual([successOf(sequencer, "A"), sequencer.standingOf("A").scaled, ofItem(sequencer, "A", "x").success], ["failed", 0.5, "passed"]);
  assert.equal(ask(sequencer, "continue"), "C");
});
test("a pre-test shows which lessons can be skipped, by measure and threshold", () => {
  const lesson = (id) => leaf(id, { ...content, ...before(when("skip", "objectiveMeasureGreaterThan", { measureThreshold: 0.5, referencedObjective: id })), objectives: [{ isPrimary: true }, { objectiveID: id, mapInfo: [{ targetObjectiveID: `G-${id}` }] }] });
  const test1 = leaf("T", { ...content, objectives: [{ isPrimary: true }, ...["L1", "L2"].map((id) => ({ objectiveID: id, mapInfo: [{ targetObjectiveID: `G-${id}`, writeNormalizedMeasure: true }] }))] });
  const sequencer = sequence(cluster("R", FLOW, [test1, lesson("L1"), lesson("L2")]));
  ask(sequencer, "begin");
  says(sequencer, {}, { objectives: [{ id: "L1", scaled: 0.9 }, { id: "L2", scaled: 0.5 }] });
  assert.equal(ask(sequencer, "continue"), "L2");
});
test("forced order: each item opens the next one, as soon as it says so", () => {
  const step = (id, needs) => leaf(id, {
    ...content, objectives: [{ isPrimary: true, objectiveID: "own", mapInfo: [{ targetObjectiveID: `G-${id}`, writeSatisfiedStatus: true }] }, ...(needs ? [{ objectiveID: "earlier", mapInfo: [{ targetObjectiveID: `G-${needs}` }] }] : [])],
    ...(needs ? { sequencingRules: { preConditionRules: [{ action: "disabled", conditionCombination: "any", conditions: [{ condition: "satisfied", operator: "not", referencedObjective: "earlier" }, { condition: "objectiveStatusKnown", operator: "not", referencedObjective: "earlier" }] }] } } : {}),
  });
  const sequencer = sequence(cluster("R", FLOW, [step("A"), step("B", "A"), step("C", "B")]));
  ask(sequencer, "begin");
  assert.deepEqual(enabledIn(sequencer), ["A"]);
  says(sequencer, { success: "passed" });
  assert.deepEqual(enabledIn(sequencer), ["A", "B"]);
  assert.deepEqual(walk(sequencer, "choice:C", "continue"), ["DB.1.1-3", "B"]);
});
test("what an item writes lifts every cluster that reads it", () => {
  const reader = leaf("X", { ...content, objectives: [shares("x", "G", {})] });
  const root = cluster("R", FLOW, [cluster("B", FLOW, [reader]), cluster("C", FLOW, [leaf("C1", { ...content, objectives: [shares("c", "G", WRITES)] })])]);
  const sequencer = sequence(root);
  ask(sequencer, "begin");
  ask(sequencer, "continue");
  says(sequencer, { success: "passed" });
  ask(sequencer, "exit");
  assert.equal(successOf(sequencer, "B"), "passed");
});
test("remediation: what failed comes back, and what was passed is skipped", () => {
  const lesson = (id) => leaf(id, { ...content, ...before(when("skip", "satisfied")), objectives: [shares(id, `G-${id}`, {})] });
  const quiz = leaf("Q", { ...content, sequencingRules: { postConditionRules: [when("exitParent", "always")] }, objectives: [{ isPrimary: true, objectiveID: "q" }, ...["L1", "L2"].map((id) => ({ objectiveID: id, mapInfo: [{ targetObjectiveID: `G-${id}`, writeSatisfiedStatus: true }] }))] });
  const unit = cluster("U", { ...FLOW, sequencingRules: { postConditionRules: [unless("retry", "satisfied")] }, rollupRules: { rules: [{ ...when("satisfied", "satisfied"), childActivitySet: "all" }, { ...unless("notSatisfied", "satisfied"), childActivitySet: "any" }] } }, [lesson("L1"), lesson("L2"), quiz]);
  const sequencer = sequence(cluster("R", FLOW, [unit, leaf("END")]));
  walk(sequencer, "begin", "continue", "continue");
  says(sequencer, { success: "failed" }, { objectives: [{ id: "L1", success: "passed" }, { id: "L2", success: "failed" }] });
  assert.equal(ask(sequencer, "continue"), "L2");
  ask(sequencer, "continue");
  says(sequencer, { success: "passed" }, { objectives: [{ id: "L2", success: "passed" }] });
  assert.equal(ask(sequencer, "continue"), "END");
});
test("shared objectives of a package live as long as an attempt on it, unless they are the system's", () => {
  const build = () => cluster("R", { ...FLOW, sequencingRules: { postConditionRules: [] } }, [
    leaf("A", { ...content, objectives: [shares("a", "G", { ...WRITES, readSatisfiedStatus: true })] }),
    leaf("B", { sequencingRules: { postConditionRules: [when("retryAll", "attempted")] } }),
  ]);
  const afterRetry = (more) => {
    const sequencer = new Sequencer(outlineOf(build(), more));
    ask(sequencer, "begin");
    says(sequencer, { success: "passed" });
    walk(sequencer, "continue", "continue");
    return successOf(sequencer, "A");
  };
  assert.deepEqual([afterRetry({ objectivesGlobalToSystem: false }), afterRetry({ objectivesGlobalToSystem: true })], ["unknown", "passed"]);
});
test("children are selected and ordered by chance, once or for each attempt, and the state keeps them", () => {
  const ids = ["A", "B", "C", "D", "E", "F"];
  const build = (randomizationControls) => cluster("R", { ...FLOW, randomizationControls }, ids.map((id) => leaf(id)));
  const shownIn = (sequencer) => sequencer.outline().items.map(({ id }) => id).filter((id) => id !== "R");
  const once = build({ selectionTiming: "once", selectCount: 3 });
  const sequencer = sequence(once, { random: chanceFrom(7) });
  const chosen = shownIn(sequencer);
  assert.deepEqual([chosen.length, [...chosen].sort()], [3, chosen]);
  assert.deepEqual(shownIn(new Sequencer(outlineOf(once), { state: sequencer.save() })), chosen);
  assert.equal(ask(sequencer, "begin"), chosen[0]);
  const left = ids.find((id) => !chosen.includes(id));
  assert.deepEqual(walk(sequencer, `choice:${left}`, `jump:${left}`), ["SB.2.9-2", "NB.2.1-11"]);
  const mixed = sequence(build({ randomizationTiming: "once", reorderChildren: true }), { random: chanceFrom(7) });
  assert.deepEqual([...shownIn(mixed)].sort(), ids);
  assert.notDeepEqual(shownIn(mixed), ids);
  assert.deepEqual(shownIn(sequence(build({ randomizationTiming: "never", reorderChildren: true }), { random: chanceFrom(7) })), ids);
});
test("a cluster orders its children anew for each new attempt, and not for one that goes on", () => {
  const quiz = cluster("Q", { ...FLOW, randomizationControls: { randomizationTiming: "onEachNewAttempt", reorderChildren: true } }, ["A", "B", "C", "D", "E"].map((id) => leaf(id)));
  const sequencer = sequence(cluster("R", FLOW, [leaf("I"), quiz]), { random: chanceFrom(3) });
  const order = () => sequencer.save().activities.Q.available.join("");
  const first = order();
  walk(sequencer, "begin", "continue");
  says(sequencer, {}, { exit: "suspend" });
  ask(sequencer, "choice", "I");
  assert.equal(order(), first);
  const [, second] = walk(sequencer, "continue", "continue");
  assert.equal(second, first[1]);
  says(sequencer, {});
  ask(sequencer, "previous");
  says(sequencer, {});
  ask(sequencer, "choice", "I");
  assert.notEqual(order(), first);
});
test("a saved session goes on as the one that it was saved from", () => {
  const root = cluster("R", FLOW, [
    cluster("B", FLOW, [leaf("B1", { ...content, objectives: [shares("b", "G", WRITES)] }), leaf("B2", { limitConditions: { attemptLimit: 2 } })]), leaf("C"),
  ]);
  const sequencer = sequence(root);
  ask(sequencer, "begin");
  says(sequencer, { success: "passed", completion: "completed", scaled: 0.5, raw: 3 });
  walk(sequencer, "continue", "suspendAll");
  const again = new Sequencer(outlineOf(root), { state: JSON.parse(JSON.stringify(sequencer.save())) });
  assert.deepEqual(again.save(), sequencer.save());
  assert.deepEqual([walk(again, "begin", "continue", "previous", "continue"), walk(sequencer, "begin", "continue", "previous", "continue")], [["B2", "C", "B2", "C"], ["B2", "C", "B2", "C"]]);
  assert.deepEqual(again.save(), sequencer.save());
});
test("a state of another making is not taken", () => {
  const sequencer = new Sequencer(outlineOf(cluster("R", FLOW, [leaf("A")])), { state: { version: 99, current: "A" } });
  assert.equal(ask(sequencer, "begin"), "A");
});
test("a state names items that a package no longer has, and that is no trouble", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B")]));
  walk(sequencer, "begin", "continue", "suspendAll");
  const shorter = new Sequencer(outlineOf(cluster("R", FLOW, [leaf("A")])), { state: sequencer.save() });
  assert.equal(ask(shorter, "begin"), "A");
});
