import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ask, cluster, completionOf, enabledIn, FLOW, leaf, outlineOf, says, sequence, successOf, unless, walk, when, whenAlways,
} from "./sequencing_trees.mjs";
import { Sequencer } from "../../tracking/static/tracking/scorm/sequencer.js";

const after = (...rules) => ({ sequencingRules: { postConditionRules: rules } });
const exits = (...rules) => ({ sequencingRules: { exitConditionRules: rules } });
const content = { deliveryControls: { completionSetByContent: true, objectiveSetByContent: true } };

test("what content does not say, the sequencer says when the attempt ends", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B", content), leaf("C")]));
  walk(sequencer, "begin", "continue", "continue");
  assert.deepEqual([completionOf(sequencer, "A"), successOf(sequencer, "A")], ["completed", "passed"]);
  assert.deepEqual([completionOf(sequencer, "B"), successOf(sequencer, "B")], ["unknown", "unknown"]);
});
test("what content said stands, were it that it does not know", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B")]));
  ask(sequencer, "begin");
  says(sequencer, { completion: "unknown", success: "failed" });
  ask(sequencer, "continue");
  assert.deepEqual([completionOf(sequencer, "A"), successOf(sequencer, "A")], ["unknown", "failed"]);
});
test("a suspended item is not ended: it goes on where it was, and its cluster with it", () => {
  const sequencer = sequence(cluster("R", FLOW, [cluster("B", FLOW, [leaf("B1"), leaf("B2")]), leaf("C")]));
  ask(sequencer, "begin");
  says(sequencer, { completion: "incomplete" }, { exit: "suspend" });
  assert.equal(ask(sequencer, "choice", "C"), "C");
  assert.equal(completionOf(sequencer, "B1"), "incomplete");
  const { delivered, isFresh } = sequencer.navigate("choice", "B1");
  assert.deepEqual([delivered, isFresh], ["B1", false]);
  assert.equal(sequencer.save().activities.B.attempts, 1);
});
test("an item that ended begins anew when it comes again", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B")]));
  ask(sequencer, "begin");
  says(sequencer, { completion: "completed", success: "passed" });
  walk(sequencer, "continue");
  assert.deepEqual(sequencer.navigate("previous"), { delivered: "A", isFresh: true, exception: null, isEnd: false });
  assert.equal(completionOf(sequencer, "A"), "unknown");
});
test("retry comes back until it is passed", () => {
  const quiz = { ...after(unless("retry", "satisfied")), ...content };
  const sequencer = sequence(cluster("R", FLOW, [leaf("A", quiz), leaf("B")]));
  ask(sequencer, "begin");
  says(sequencer, { success: "failed" });
  assert.equal(ask(sequencer, "continue"), "A");
  assert.equal(sequencer.save().activities.A.attempts, 2);
  says(sequencer, { success: "passed" });
  assert.equal(ask(sequencer, "continue"), "B");
});
test("a rule that knows no answer asks for nothing", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A", { ...after(unless("retry", "satisfied")), ...content }), leaf("B")]));
  assert.deepEqual(walk(sequencer, "begin", "continue"), ["A", "B"]);
});
test("continue and previous as post conditions outweigh what was asked", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B", after(when("previous", "attempted"))), leaf("C")]));
  assert.deepEqual(walk(sequencer, "begin", "continue", "continue"), ["A", "B", "A"]);
  const other = sequence(cluster("R", FLOW, [leaf("A", after(whenAlways("continue"))), leaf("B"), leaf("C")]));
  assert.deepEqual(walk(other, "begin", "choice:C"), ["A", "B"]);
});
test("exitParent ends the cluster, whose own post condition follows", () => {
  const inner = cluster("B", { ...FLOW, ...after(unless("retry", "satisfied")) }, [leaf("B1"), leaf("B2", { ...after(whenAlways("exitParent")), ...content })]);
  const sequencer = sequence(cluster("R", FLOW, [inner, leaf("C")]));
  walk(sequencer, "begin", "continue");
  says(sequencer, { success: "failed" });
  assert.equal(ask(sequencer, "continue"), "B1");
  assert.equal(sequencer.save().activities.B.attempts, 2);
  ask(sequencer, "continue");
  says(sequencer, { success: "passed" });
  assert.equal(ask(sequencer, "continue"), "C");
});
test("exitParent moves the cluster to the place where the next request begins", () => {
  const inner = cluster("B", FLOW, [leaf("B1", after(whenAlways("exitParent"))), leaf("B2")]);
  const sequencer = sequence(cluster("R", FLOW, [inner, leaf("C")]));
  assert.deepEqual(walk(sequencer, "begin", "continue"), ["B1", "C"]);
});
test("exitAll ends the session, and retryAll begins it anew", () => {
  const ending = sequence(cluster("R", FLOW, [leaf("A", after(whenAlways("exitAll"))), leaf("B")]));
  assert.deepEqual(walk(ending, "begin", "continue"), ["A", "end"]);
  const again = sequence(cluster("R", FLOW, [leaf("A"), leaf("B", after(unless("retryAll", "attemptLimitExceeded", {})))]));
  assert.deepEqual(walk(again, "begin", "continue", "continue"), ["A", "B", "A"]);
  assert.equal(again.save().activities.R.attempts, 2);
});
test("an exit rule ends the cluster above, and the request goes on from there", () => {
  const inner = cluster("B", { ...FLOW, ...exits(when("exit", "satisfied")), rollupRules: { rules: [{ ...when("satisfied", "satisfied"), childActivitySet: "any" }] } }, [leaf("B1", content), leaf("B2", content), leaf("B3", content)]);
  const sequencer = sequence(cluster("R", FLOW, [inner, leaf("C")]));
  ask(sequencer, "begin");
  says(sequencer, { success: "passed" });
  assert.equal(ask(sequencer, "continue"), "C");
});
test("an exit rule at the root ends the session", () => {
  const sequencer = sequence(cluster("R", { ...FLOW, ...exits(when("exit", "completed", {})), rollupRules: { rules: [{ ...when("completed", "completed"), childActivitySet: "any" }] } }, [leaf("A"), leaf("B")]));
  ask(sequencer, "begin");
  says(sequencer, { completion: "completed" });
  assert.equal(ask(sequencer, "continue"), "end");
});
test("exit leaves the item and delivers nothing; the learner chooses", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B")]));
  assert.deepEqual(walk(sequencer, "begin", "exit", "exit", "choice:B"), ["A", "nothing", "NB.2.1-12", "B"]);
});
test("what was abandoned says nothing", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B")]));
  ask(sequencer, "begin");
  says(sequencer, { completion: "completed", success: "passed" });
  assert.equal(ask(sequencer, "abandon"), "nothing");
  assert.deepEqual([completionOf(sequencer, "A"), successOf(sequencer, "A")], ["unknown", "unknown"]);
  assert.deepEqual(walk(sequencer, "continue", "abandonAll"), ["B", "end"]);
});
test("suspend all and resume all come back to the same attempt", () => {
  const root = cluster("R", FLOW, [leaf("A"), cluster("B", FLOW, [leaf("B1"), leaf("B2")])]);
  const sequencer = sequence(root);
  walk(sequencer, "begin", "continue", "continue");
  says(sequencer, { completion: "incomplete", scaled: 0.25 });
  assert.equal(ask(sequencer, "suspendAll"), "end");
  assert.deepEqual([sequencer.isSuspended, sequencer.hasEnded], [true, false]);
  const again = new Sequencer(outlineOf(root), { state: JSON.parse(JSON.stringify(sequencer.save())) });
  assert.deepEqual(again.begin(), { delivered: "B2", isFresh: false, exception: null, isEnd: false });
  assert.equal(again.standingOf("B2").scaled, 0.25);
  const { activities } = again.save();
  assert.deepEqual([activities.R.attempts, activities.B.attempts, activities.B2.attempts], [1, 1, 1]);
});
test("choosing something else than what was suspended lets go of it, and goes on with the package", () => {
  const root = cluster("R", FLOW, [leaf("A"), leaf("B")]);
  const sequencer = sequence(root);
  walk(sequencer, "begin", "suspendAll");
  const again = new Sequencer(outlineOf(root), { state: sequencer.save() });
  assert.equal(ask(again, "choice", "B"), "B");
  assert.equal(again.save().activities.R.attempts, 1);
  assert.equal(again.navigate("previous").isFresh, true);
});
test("a sitting that broke off is taken up like a suspended one", () => {
  const root = cluster("R", FLOW, [leaf("A"), leaf("B")]);
  const sequencer = sequence(root);
  walk(sequencer, "begin", "continue");
  const again = new Sequencer(outlineOf(root), { state: sequencer.save() });
  assert.equal(again.isSuspended, true);
  assert.deepEqual(again.begin(), { delivered: "B", isFresh: false, exception: null, isEnd: false });
});
test("exit all with an item suspended leaves the package open", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B")]));
  ask(sequencer, "begin");
  says(sequencer, {}, { exit: "suspend" });
  assert.equal(ask(sequencer, "exitAll"), "end");
  assert.equal(sequencer.hasEnded, false);
  assert.deepEqual(sequencer.begin(), { delivered: "A", isFresh: false, exception: null, isEnd: false });
});
test("exit all with nothing suspended ends the attempt on the package", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B")]));
  assert.deepEqual(walk(sequencer, "begin", "exitAll"), ["A", "end"]);
  assert.equal(sequencer.hasEnded, true);
});
test("attempts are limited, and what is suspended or under way is not counted twice", () => {
  const limited = { limitConditions: { attemptLimit: 1 } };
  const sequencer = sequence(cluster("R", FLOW, [leaf("A", limited), leaf("B")]));
  ask(sequencer, "begin");
  says(sequencer, {}, { exit: "suspend" });
  assert.deepEqual(walk(sequencer, "continue", "previous"), ["B", "A"]);
  says(sequencer, {});
  assert.deepEqual(walk(sequencer, "continue", "previous", "choice:A"), ["B", "SB.2.2-2", "DB.1.1-3"]);
  assert.equal(sequencer.requestValid("choice", "A"), "false");
});
test("a limit of no attempt shuts the item at once", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B", { limitConditions: { attemptLimit: 0 } })]));
  ask(sequencer, "begin");
  assert.deepEqual(enabledIn(sequencer), ["A"]);
});
test("what is not tracked has no attempts, no status and no limit", () => {
  const untracked = { deliveryControls: { tracked: false }, limitConditions: { attemptLimit: 1 } };
  const sequencer = sequence(cluster("R", FLOW, [leaf("A", untracked), leaf("B")]));
  ask(sequencer, "begin");
  says(sequencer, { completion: "completed", success: "passed", scaled: 1 });
  assert.deepEqual(walk(sequencer, "continue", "previous"), ["B", "A"]);
  assert.equal(completionOf(sequencer, "A"), "unknown");
});
test("what a cluster comes to in a new attempt does not use what its items knew before, unless it is to", () => {
  const build = (control) => cluster("R", FLOW, [cluster("B", { controlMode: { flow: true, ...control } }, [leaf("B1"), leaf("B2")]), leaf("C")]);
  const statusAfterReturn = (control) => {
    const sequencer = sequence(build(control));
    walk(sequencer, "begin", "continue", "continue", "choice:B2", "continue");
    return [completionOf(sequencer, "B"), successOf(sequencer, "B")];
  };
  assert.deepEqual(statusAfterReturn({}), ["unknown", "unknown"]);
  assert.deepEqual(statusAfterReturn({ useCurrentAttemptProgressInfo: false }), ["completed", "unknown"]);
  assert.deepEqual(statusAfterReturn({ useCurrentAttemptObjectiveInfo: false }), ["unknown", "passed"]);
});
test("a package that was left between two items goes on as the same attempt", () => {
  const root = cluster("R", FLOW, [leaf("A"), leaf("B")]);
  const sequencer = sequence(root);
  assert.deepEqual(walk(sequencer, "begin", "exit", "suspendAll"), ["A", "nothing", "end"]);
  const again = new Sequencer(outlineOf(root), { state: sequencer.save() });
  assert.deepEqual([ask(again, "begin"), again.save().activities.R.attempts], ["A", 1]);
});
test("headings without anything to open are passed by", () => {
  const heading = { id: "H", title: "H", launch: null, children: [] };
  const sequencer = sequence(cluster("R", FLOW, [heading, leaf("A"), cluster("E", FLOW, [heading]), leaf("B")]));
  assert.deepEqual(walk(sequencer, "begin", "continue", "continue"), ["A", "B", "end"]);
});
test("a large package is looked ahead through in no time that anybody feels", () => {
  const blocks = Array.from({ length: 30 }, (_, block) => cluster(`B${block}`, FLOW, Array.from({ length: 20 }, (_, place) => leaf(`I${block}-${place}`))));
  const sequencer = sequence(cluster("R", FLOW, blocks));
  ask(sequencer, "begin");
  const began = performance.now();
  assert.equal(sequencer.outline().items.length, 631);
  assert.ok(performance.now() - began < 1_000);
});
test("the attempt after one that is over knows how often what was tried, and what came of it", () => {
  const root = cluster("R", FLOW, [leaf("A", { limitConditions: { attemptLimit: 1 } }), leaf("B", { sequencingRules: { preConditionRules: [when("skip", "satisfied")] } }), leaf("C")]);
  const before = sequence(root);
  ask(before, "begin");
  ask(before, "continue");
  says(before, { success: "passed" });
  ask(before, "exitAll");
  const sequencer = new Sequencer(outlineOf(root), { state: before.save() });
  assert.deepEqual([sequencer.hasEnded, sequencer.attempt], [true, 1]);
  assert.equal(ask(sequencer, "begin"), "SB.2.2-2");
  assert.equal(ask(sequencer, "choice", "C"), "C");
  assert.deepEqual([sequencer.hasEnded, sequencer.attempt, completionOf(sequencer, "R")], [false, 2, "unknown"]);
});
