// Scenarios of Sequencing & Navigation, 4th Ed., that take more than one process to come out right.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sequencer } from "../../tracking/static/tracking/scorm/sequencer.js";
import { ask, cluster, completionOf, FLOW, leaf, outlineOf, says, sequence, successOf, unless, walk, when, whenAlways } from "./sequencing_trees.mjs";

const content = { deliveryControls: { completionSetByContent: true, objectiveSetByContent: true } };
const READS = { readSatisfiedStatus: true, readNormalizedMeasure: true };
const WRITES = { readSatisfiedStatus: false, readNormalizedMeasure: false, writeSatisfiedStatus: true, writeNormalizedMeasure: true };
const maps = (target, map) => ({ isPrimary: true, objectiveID: "o", mapInfo: [{ targetObjectiveID: target, ...map }] });
const shared = (sequencer, id = "G") => sequencer.save().globals[id] ?? {};

test("what is abandoned leaves shared objectives as they were, whoever wrote them", () => {
  for (const request of ["abandon", "abandonAll"]) {
    const sequencer = sequence(cluster("R", FLOW, [
      leaf("A", { ...content, objectives: [maps("G", WRITES)] }),
      leaf("B", { ...content, objectives: [maps("G", WRITES)] }),
    ]));
    ask(sequencer, "begin");
    says(sequencer, { success: "passed", scaled: 0.8 });
    ask(sequencer, "continue");
    says(sequencer, { success: "failed", scaled: 0.1 });
    assert.deepEqual(shared(sequencer), { satisfied: false, measure: 0.1 });
    ask(sequencer, request);
    assert.deepEqual(shared(sequencer), { satisfied: true, measure: 0.8 }, request);
    assert.deepEqual([successOf(sequencer, "A"), successOf(sequencer, "B")], ["passed", "unknown"]);
  }
});
test("an abandoned run of a suspended attempt comes back to what was suspended, and begins anew", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A", content), leaf("B", content)]));
  ask(sequencer, "begin");
  says(sequencer, { success: "passed" }, { exit: "suspend" });
  walk(sequencer, "continue", "previous");
  says(sequencer, { success: "failed" }, { exit: "suspend" });
  ask(sequencer, "abandon");
  assert.equal(successOf(sequencer, "A"), "passed");
  assert.equal(sequencer.navigate("choice", "A").isFresh, true);
});
test("an abandoned item is not rolled up, and completes nothing", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A")]));
  ask(sequencer, "begin");
  ask(sequencer, "abandon");
  assert.deepEqual([completionOf(sequencer, "A"), completionOf(sequencer, "R"), sequencer.save().activities.A.attempts], ["unknown", "unknown", 1]);
});
test("what content says of nothing does not erase what others shared", () => {
  const sequencer = sequence(cluster("R", FLOW, [
    leaf("A", { ...content, objectives: [maps("G", WRITES)] }),
    leaf("B", { ...content, objectives: [maps("G", { ...WRITES, ...READS })] }),
  ]));
  ask(sequencer, "begin");
  says(sequencer, { success: "passed", scaled: 0.8 });
  ask(sequencer, "continue");
  says(sequencer, { completion: "incomplete" }, { objectives: [{ id: "o" }] });
  ask(sequencer, "exit");
  assert.deepEqual(shared(sequencer), { satisfied: true, measure: 0.8 });
});
test("content that says of an objective that it is unknown says so to all that share it", () => {
  for (const [standing, objectives] of [[{ success: "unknown" }, []], [{}, [{ id: "o", success: "unknown", said: { satisfied: true } }]]]) {
    const sequencer = sequence(cluster("R", FLOW, [
      leaf("A", { ...content, objectives: [maps("G", WRITES)] }),
      leaf("B", { objectives: [maps("G", { ...WRITES, ...READS })] }),
    ]));
    ask(sequencer, "begin");
    says(sequencer, { success: "passed" });
    ask(sequencer, "continue");
    says(sequencer, standing, { objectives });
    ask(sequencer, "exit");
    assert.deepEqual([shared(sequencer).satisfied ?? null, successOf(sequencer, "B")], [null, "unknown"]);
  }
});
test("what an item reads is known of it, and not made otherwise where its content says nothing", () => {
  const sequencer = sequence(cluster("R", FLOW, [
    leaf("A", { ...content, objectives: [maps("G", WRITES)] }),
    leaf("B", { objectives: [{ isPrimary: true, mapInfo: [{ targetObjectiveID: "G", ...READS, writeSatisfiedStatus: true }] }] }),
  ]));
  ask(sequencer, "begin");
  says(sequencer, { success: "failed" });
  walk(sequencer, "continue", "exit");
  assert.deepEqual([shared(sequencer).satisfied, successOf(sequencer, "B"), completionOf(sequencer, "B")], [false, "failed", "completed"]);
});
test("objectives of the system outlive an attempt, and others do not", () => {
  const root = () => cluster("R", FLOW, [leaf("A", { ...content, objectives: [maps("G", { ...WRITES, ...READS })] }), leaf("B")]);
  const left = { objectives: { G: { satisfied: true, measure: 0.9 }, "of another package": { satisfied: true } } };
  for (const [isOfSystem, success] of [[true, "passed"], [false, "unknown"]]) {
    const sequencer = new Sequencer(outlineOf(root(), { objectivesGlobalToSystem: isOfSystem }), { shared: left });
    assert.equal(successOf(sequencer, "A"), success);
    assert.deepEqual(Object.keys(sequencer.save().globals), isOfSystem ? ["G"] : []);
  }
});
test("what another package left is newer than what this one saved", () => {
  const outline = outlineOf(cluster("R", FLOW, [leaf("A", { ...content, objectives: [maps("G", { ...WRITES, ...READS })] })]), { objectivesGlobalToSystem: true });
  const before = new Sequencer(outline);
  ask(before, "begin");
  says(before, { success: "failed" });
  ask(before, "suspendAll");
  const sequencer = new Sequencer(outline, { state: before.save(), shared: { objectives: { G: { satisfied: true } } } });
  assert.deepEqual([successOf(sequencer, "A"), sequencer.attempt], ["passed", 1]);
});
test("an exit rule of an ancestor ends it, and its own post condition is what follows", () => {
  const unit = cluster("U", {
    ...FLOW, sequencingRules: { exitConditionRules: [when("exit", "satisfied")], postConditionRules: [when("exitAll", "satisfied")] },
    rollupRules: { rules: [{ ...when("satisfied", "satisfied"), childActivitySet: "any" }] },
  }, [leaf("A", content), leaf("B", content)]);
  const sequencer = sequence(cluster("R", FLOW, [unit, leaf("C", content)]));
  ask(sequencer, "begin");
  says(sequencer, { success: "passed" });
  assert.equal(ask(sequencer, "continue"), "end");
  assert.equal(sequencer.hasEnded, true);
});
test("exitParent climbs as long as the rules of the parents say so", () => {
  const inner = cluster("I", { ...FLOW, sequencingRules: { postConditionRules: [whenAlways("exitParent")] } }, [leaf("A", { ...content, sequencingRules: { postConditionRules: [whenAlways("exitParent")] } }), leaf("B", content)]);
  const outer = cluster("O", FLOW, [inner, leaf("C", content)]);
  const sequencer = sequence(cluster("R", FLOW, [outer, leaf("D", content)]));
  assert.deepEqual(walk(sequencer, "begin", "continue"), ["A", "D"]);
});
test("a suspended attempt is taken up without being counted against the limit", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A", { ...content, limitConditions: { attemptLimit: 1 } }), leaf("B", content)]));
  ask(sequencer, "begin");
  says(sequencer, { completion: "incomplete" }, { exit: "suspend" });
  assert.deepEqual(walk(sequencer, "continue", "previous"), ["B", "A"]);
  says(sequencer, { completion: "completed" });
  assert.deepEqual(walk(sequencer, "continue", "choice:A"), ["B", "DB.1.1-3"]);
});
test("rollup leaves out what is not tracked, and what is not asked for by its considerations", () => {
  const consider = (more) => ({ ...content, rollupConsiderations: more });
  const build = (last) => sequence(cluster("R", FLOW, [leaf("A", content), last]));
  for (const [last, expected] of [
    [leaf("B", { deliveryControls: { tracked: false } }), "passed"],
    [leaf("B", consider({ requiredForSatisfied: "ifAttempted" })), "passed"],
    [leaf("B", consider({ requiredForSatisfied: "always" })), "unknown"],
    [leaf("B", { ...consider({ requiredForSatisfied: "ifNotSkipped" }), sequencingRules: { preConditionRules: [whenAlways("skip")] } }), "passed"],
    [leaf("B", { ...content, rollupRules: { rollupObjectiveSatisfied: false } }), "passed"],
  ]) {
    const sequencer = build(last);
    ask(sequencer, "begin");
    says(sequencer, { success: "passed" });
    ask(sequencer, "exit");
    assert.equal(successOf(sequencer, "R"), expected, JSON.stringify(last.sequencing));
  }
});
test("a measure without weight counts for nothing, and one of several decides by its weight", () => {
  const weighed = (id, objectiveMeasureWeight) => leaf(id, { ...content, rollupRules: { objectiveMeasureWeight } });
  const root = cluster("R", { ...FLOW, objectives: [{ isPrimary: true, satisfiedByMeasure: true, minNormalizedMeasure: 0.6 }] }, [weighed("A", 0), weighed("B", 3), weighed("C", 1)]);
  const sequencer = sequence(root);
  ask(sequencer, "begin");
  for (const scaled of [1, 0.8, 0]) {
    says(sequencer, { scaled });
    ask(sequencer, "continue");
  }
  assert.deepEqual([sequencer.standingOf("R").scaled, successOf(sequencer, "R")], [0.6, "passed"]);
});
test("progress of weighed children completes a cluster by its threshold", () => {
  const step = (id, progressWeight) => leaf(id, content, { completionThreshold: { completedByMeasure: true, minProgressMeasure: 1, progressWeight } });
  const root = cluster("R", FLOW, [step("A", 1), step("B", 3)], { completionThreshold: { completedByMeasure: true, minProgressMeasure: 0.7, progressWeight: 1 } });
  const sequencer = sequence(root);
  ask(sequencer, "begin");
  says(sequencer, { progress: 0.4 });
  ask(sequencer, "continue");
  assert.deepEqual([completionOf(sequencer, "A"), completionOf(sequencer, "R")], ["incomplete", "incomplete"]);
  says(sequencer, { progress: 0.8 });
  ask(sequencer, "exit");
  assert.deepEqual([sequencer.standingOf("R").progress, completionOf(sequencer, "R")], [0.7, "completed"]);
});
test("of a forward-only cluster nobody goes back, by choice neither", () => {
  const sequencer = sequence(cluster("R", { controlMode: { flow: true, forwardOnly: true } }, [leaf("A"), leaf("B"), leaf("C")]));
  assert.deepEqual(walk(sequencer, "begin", "continue", "previous", "choice:A", "choice:C"), ["A", "B", "NB.2.1-5", "SB.2.4-2", "C"]);
});
test("a jump knows no choice, no flow and no skipping, but what is disabled stays shut", () => {
  const closed = { controlMode: { choice: false, flow: false } };
  const root = cluster("R", closed, [
    leaf("A"), leaf("B", { sequencingRules: { preConditionRules: [whenAlways("skip"), whenAlways("hiddenFromChoice")] } }),
    leaf("C", { sequencingRules: { preConditionRules: [whenAlways("disabled")] } }), cluster("D", FLOW, [leaf("D1")]),
  ]);
  const sequencer = sequence(cluster("TOP", FLOW, [leaf("Z"), root]));
  assert.deepEqual(walk(sequencer, "begin", "jump:B", "jump:C", "jump:D", "jump:D1"), ["Z", "B", "DB.1.1-3", "DB.1.1-1", "D1"]);
});
test("a retry of a cluster whose children used only this attempt's own knowledge forgets the last one's", () => {
  const unit = cluster("U", { ...FLOW, sequencingRules: { postConditionRules: [unless("retry", "satisfied")] }, rollupRules: { rules: [{ ...when("satisfied", "satisfied"), childActivitySet: "all" }, { ...unless("notSatisfied", "satisfied"), childActivitySet: "any" }] } }, [
    leaf("A", content), leaf("B", { ...content, sequencingRules: { postConditionRules: [whenAlways("exitParent")] } }),
  ]);
  const sequencer = sequence(cluster("R", FLOW, [unit, leaf("C", content)]));
  ask(sequencer, "begin");
  says(sequencer, { success: "passed" });
  ask(sequencer, "continue");
  says(sequencer, { success: "failed" });
  assert.equal(ask(sequencer, "continue"), "A");
  says(sequencer, { success: "passed" });
  assert.equal(ask(sequencer, "continue"), "B");
  assert.equal(successOf(sequencer, "U"), "unknown");
});
test("what was passed in an earlier attempt on its cluster is passed by when the cluster is flowed into again", () => {
  const done = { ...content, sequencingRules: { preConditionRules: [when("skip", "satisfied")] } };
  const unit = cluster("U", FLOW, [leaf("U1", done), leaf("U2", content)]);
  const sequencer = sequence(cluster("R", FLOW, [leaf("A", content), unit, leaf("C", content)]));
  assert.deepEqual(walk(sequencer, "begin", "continue"), ["A", "U1"]);
  says(sequencer, { success: "passed" });
  assert.deepEqual(walk(sequencer, "continue", "continue", "previous", "previous"), ["U2", "C", "U2", "A"]);
});
test("of what is not tracked nothing is known, whatever it reads", () => {
  const known = { sequencingRules: { preConditionRules: [when("skip", "activityProgressKnown")] }, objectives: [maps("G", { readCompletionStatus: true })] };
  const writes = { ...content, objectives: [maps("G", { readCompletionStatus: false, writeCompletionStatus: true })] };
  for (const [tracked, next] of [[false, "B"], [true, "C"]]) {
    const sequencer = sequence(cluster("R", FLOW, [leaf("A", writes), leaf("B", { ...known, deliveryControls: { tracked } }), leaf("C")]));
    ask(sequencer, "begin");
    says(sequencer, { completion: "completed" });
    assert.equal(ask(sequencer, "continue"), next);
  }
});
test("what an item reads is what is shared, known or not, and not what it found out itself", () => {
  const hides = { sequencingRules: { preConditionRules: [when("hiddenFromChoice", "satisfied")] }, objectives: [maps("G", READS)] };
  const sequencer = sequence(cluster("R", FLOW, [leaf("A", hides), leaf("B")]));
  assert.deepEqual(walk(sequencer, "begin", "choice:B", "choice:A"), ["A", "B", "A"]);
});
test("shared progress completes whoever is completed by it, and others share their completion", () => {
  const writes = { ...content, objectives: [maps("G", { writeCompletionStatus: true, writeProgressMeasure: true })] };
  const reads = { sequencingRules: { preConditionRules: [when("skip", "completed")] }, objectives: [maps("G", { readProgressMeasure: true })] };
  const byMeasure = { completionThreshold: { completedByMeasure: true, minProgressMeasure: 0.5 } };
  const walkWith = (more, progress) => {
    const sequencer = sequence(cluster("R", FLOW, [leaf("A", writes), leaf("B", reads, more), leaf("C")]));
    ask(sequencer, "begin");
    says(sequencer, { completion: "incomplete", progress });
    return ask(sequencer, "continue");
  };
  assert.deepEqual([walkWith(byMeasure, 0.8), walkWith(byMeasure, 0.4), walkWith(byMeasure, null), walkWith({}, 0.8)], ["C", "B", "B", "B"]);
});
test("a package that keeps its objectives for itself forgets them before it is tried again", () => {
  for (const [isOfSystem, next] of [[true, "A"], [false, "B"]]) {
    const outline = outlineOf(cluster("R", { ...FLOW, objectives: [maps("G", READS)], sequencingRules: { postConditionRules: [unless("retry", "satisfied")] } }, [
      leaf("A", { ...content, objectives: [maps("G", { ...WRITES, ...READS })], sequencingRules: { preConditionRules: [{ action: "skip", conditions: [{ condition: "attempted" }, { condition: "objectiveStatusKnown", operator: "not" }] }], postConditionRules: [whenAlways("exitParent")] } }),
      leaf("B", content),
    ]), { objectivesGlobalToSystem: isOfSystem });
    const sequencer = new Sequencer(outline);
    ask(sequencer, "begin");
    says(sequencer, { success: "failed" });
    assert.equal(ask(sequencer, "continue"), next);
  }
});
test("a rule of its own about all or none of the children holds where none of them counts", () => {
  const rule = (set) => ({ ...FLOW, rollupRules: { rules: [{ ...when("completed", "satisfied"), childActivitySet: set }] } });
  const completions = ["all", "none", "any", "atLeastPercent"].map((set) => {
    const sequencer = sequence(cluster("R", rule(set), [leaf("A", { deliveryControls: { tracked: false } })]));
    walk(sequencer, "begin", "exit");
    return completionOf(sequencer, "R");
  });
  assert.deepEqual(completions, ["completed", "completed", "unknown", "unknown"]);
});
test("an item that is not to be left by choice keeps its learner until it ended, from its siblings, too", () => {
  const held = { controlMode: { choiceExit: false } };
  const sequencer = sequence(cluster("R", FLOW, [leaf("A", held), leaf("B"), cluster("C", FLOW, [leaf("C1")])]));
  assert.deepEqual(walk(sequencer, "begin", "choice:B", "choice:C1", "exit", "choice:B"), ["A", "NB.2.1-8", "NB.2.1-8", "nothing", "B"]);
});
test("none selected is no selection", () => {
  const chance = { randomizationControls: { selectionTiming: "once", selectCount: 0 } };
  const sequencer = sequence(cluster("R", { ...FLOW, ...chance }, [leaf("A"), leaf("B")]));
  assert.deepEqual(walk(sequencer, "begin", "continue"), ["A", "B"]);
});
test("a measure that is read decides what is written of the objective, too", () => {
  const both = [{ targetObjectiveID: "M", readSatisfiedStatus: false, readNormalizedMeasure: true }, { targetObjectiveID: "S", readSatisfiedStatus: false, readNormalizedMeasure: false, writeSatisfiedStatus: true }];
  const sequencer = sequence(cluster("R", FLOW, [
    leaf("A", { ...content, objectives: [maps("M", WRITES)] }),
    leaf("B", { ...content, objectives: [{ isPrimary: true, objectiveID: "o", satisfiedByMeasure: true, minNormalizedMeasure: 0.5, mapInfo: both }] }),
  ]));
  ask(sequencer, "begin");
  says(sequencer, { scaled: 0.7 });
  walk(sequencer, "continue", "exit");
  assert.deepEqual([shared(sequencer, "S"), successOf(sequencer, "B")], [{ satisfied: true }, "passed"]);
});
test("a plain map of the 4th Edition reads what maps read by default", () => {
  const plain = { targetObjectiveID: "G", readRawScore: true, writeRawScore: true };
  const sequencer = sequence(cluster("R", FLOW, [
    leaf("A", { ...content, objectives: [maps("G", WRITES)] }),
    leaf("B", { ...content, objectives: [{ isPrimary: true, objectiveID: "o", mapInfo: [plain] }] }),
  ]));
  ask(sequencer, "begin");
  says(sequencer, { success: "passed", scaled: 0.7 });
  ask(sequencer, "continue");
  assert.deepEqual([successOf(sequencer, "B"), sequencer.standingOf("B").scaled], ["passed", 0.7]);
});
test("content may ask whether each request is one", () => {
  const names = ["continue", "previous", "exit", "exitAll", "suspendAll", "abandon", "abandonAll"];
  const valid = (sequencer) => names.filter((name) => sequencer.requestValid(name) === "true");
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B")]));
  ask(sequencer, "begin");
  assert.deepEqual(valid(sequencer), names.filter((name) => name !== "previous"));
  ask(sequencer, "exit");
  assert.deepEqual(valid(sequencer), ["continue", "exitAll", "suspendAll", "abandonAll"]);
  assert.deepEqual([["choice", "B"], ["choice", "R"], ["choice", "none"], ["jump", "B"], ["jump", "R"], ["jump", "none"]].map(([name, target]) => sequencer.requestValid(name, target)), ["true", "true", "false", "true", "false", "false"]);
});
test("a cluster comes to what its items read of the system, as soon as anything is rolled up", () => {
  const unit = cluster("U", FLOW, [leaf("B", { ...content, objectives: [maps("G", READS)] })]);
  const outline = outlineOf(cluster("R", FLOW, [leaf("A", content), unit]), { objectivesGlobalToSystem: true });
  const sequencer = new Sequencer(outline, { shared: { objectives: { G: { satisfied: true } } } });
  ask(sequencer, "begin");
  says(sequencer, { success: "passed" });
  assert.deepEqual([sequencer.standing().success, successOf(sequencer, "U")], ["passed", "unknown"]);
  ask(sequencer, "exit");
  assert.equal(successOf(sequencer, "U"), "passed");
});
test("an item hides buttons while it is there, and leaves them when it is gone", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A", null, { hideLmsUi: ["continue"] }), leaf("B")]));
  ask(sequencer, "begin");
  assert.deepEqual(sequencer.outline().hide, ["continue"]);
  ask(sequencer, "exit");
  assert.deepEqual([sequencer.outline().hide, sequencer.outline().can.continue], [[], true]);
});
