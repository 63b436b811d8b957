import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, cluster, enabledIn, FLOW, leaf, says, sequence, visibleIn, walk, when, whenAlways } from "./sequencing_trees.mjs";

const flat = (control, ...ids) => cluster("R", { controlMode: control }, ids.map((id) => leaf(id)));
const deep = (control = { flow: true }, inner = control) =>
  cluster("R", { controlMode: control }, [
    leaf("A"),
    cluster("B", { controlMode: inner }, [leaf("B1"), leaf("B2")]),
    cluster("C", { controlMode: inner }, [leaf("C1"), leaf("C2")]),
  ]);

test("flow goes down, along and off the end of the tree", () => {
  const sequencer = sequence(deep());
  assert.deepEqual(walk(sequencer, "begin", "continue", "continue", "continue", "continue", "continue"), ["A", "B1", "B2", "C1", "C2", "end"]);
  assert.equal(sequencer.hasEnded, true);
});
test("previous goes back, and nothing lies before the first", () => {
  const sequencer = sequence(deep());
  assert.deepEqual(walk(sequencer, "begin", "continue", "continue", "previous", "previous"), ["A", "B1", "B2", "B1", "A"]);
  assert.equal(sequencer.outline().can.previous, false);
  assert.equal(ask(sequencer, "previous"), "SB.2.1-3");
});
test("a cluster without flow lets nothing flow in, and is chosen into", () => {
  const sequencer = sequence(deep({ flow: true }, { flow: false }));
  assert.deepEqual(walk(sequencer, "begin", "continue", "choice:B2", "continue"), ["A", "SB.2.2-1", "B2", "NB.2.1-4"]);
});
test("without flow at the root nothing starts by itself", () => {
  const sequencer = sequence(flat({}, "A", "B"));
  assert.deepEqual(walk(sequencer, "begin", "continue"), ["SB.2.2-1", "NB.2.1-2"]);
  assert.deepEqual(enabledIn(sequencer), ["A", "B"]);
  assert.equal(ask(sequencer, "choice", "B"), "B");
});
test("a package of one item starts it and ends with it", () => {
  const sequencer = sequence(leaf("R"));
  assert.deepEqual(walk(sequencer, "begin", "continue", "exit"), ["R", "NB.2.1-4", "end"]);
});
test("forward only goes on, not back, by flow and by choice", () => {
  const sequencer = sequence(flat({ flow: true, forwardOnly: true }, "A", "B", "C"));
  assert.deepEqual(walk(sequencer, "begin", "continue", "previous"), ["A", "B", "NB.2.1-5"]);
  assert.deepEqual(enabledIn(sequencer), ["B", "C"]);
  assert.equal(sequencer.requestValid("previous"), "false");
  assert.equal(sequencer.requestValid("choice", "A"), "false");
});
test("going back into a forward only cluster enters it at its beginning", () => {
  const root = cluster("R", FLOW, [cluster("A", { controlMode: { flow: true, forwardOnly: true } }, [leaf("A1"), leaf("A2")]), leaf("B")]);
  const sequencer = sequence(root);
  assert.deepEqual(walk(sequencer, "begin", "choice:B", "previous"), ["A1", "B", "A1"]);
});
test("going back, a forward only cluster whose items are all skipped is passed by", () => {
  const skipped = { sequencingRules: { preConditionRules: [whenAlways("skip")] } };
  const root = cluster("R", FLOW, [
    leaf("A"), cluster("B", { controlMode: { flow: true, forwardOnly: true } }, [leaf("B1", skipped), leaf("B2", skipped)]), leaf("C"),
  ]);
  const sequencer = sequence(root);
  assert.deepEqual(walk(sequencer, "begin", "continue", "previous"), ["A", "C", "A"]);
});
test("choice needs the parent's leave, and a target that is there", () => {
  const sequencer = sequence(flat({ choice: false, flow: true }, "A", "B"));
  assert.deepEqual(walk(sequencer, "begin", "choice:B", "choice:X"), ["A", "NB.2.1-10", "NB.2.1-11"]);
  assert.deepEqual(enabledIn(sequencer), []);
});
test("choosing a cluster flows into it, and one without flow leads nowhere", () => {
  const sequencer = sequence(deep({ flow: true }));
  assert.deepEqual(walk(sequencer, "begin", "choice:C", "choice:R"), ["A", "C1", "A"]);
  const closed = sequence(deep({ flow: true }, { flow: false }));
  assert.deepEqual(walk(closed, "begin", "choice:C", "choice:C2"), ["A", "SB.2.9-9", "C2"]);
  assert.equal(enabledIn(sequence(deep({ flow: true }, { flow: false }))).includes("C"), false);
});
test("choiceExit keeps a learner in, but for siblings", () => {
  const sequencer = sequence(deep({ flow: true }, { flow: true, choiceExit: false }));
  assert.deepEqual(walk(sequencer, "begin", "choice:B1", "choice:A", "choice:B2", "continue"), ["A", "B1", "NB.2.1-8", "B2", "C1"]);
});
test("constrainChoice lets the neighbouring clusters be chosen and no others", () => {
  const root = cluster("R", FLOW, ["A", "B", "C", "D"].map((id) =>
    cluster(id, { controlMode: { flow: true }, constrainedChoiceConsiderations: { constrainChoice: true } }, [leaf(`${id}1`), leaf(`${id}2`)])));
  const sequencer = sequence(root);
  assert.equal(ask(sequencer, "begin"), "A1");
  assert.deepEqual(enabledIn(sequencer), ["A", "A1", "A2", "B", "B1", "B2"]);
  assert.equal(ask(sequencer, "choice", "C1"), "SB.2.9-8");
  assert.equal(ask(sequencer, "choice", "B2"), "B2");
  assert.deepEqual(enabledIn(sequencer), ["A", "A1", "A2", "B", "B1", "B2", "C", "C1", "C2"]);
});
test("preventActivation shuts what lies below a cluster that nobody entered yet", () => {
  const shut = { controlMode: { flow: true }, constrainedChoiceConsiderations: { preventActivation: true } };
  const root = cluster("R", FLOW, [leaf("A"), cluster("B", shut, [leaf("B1"), leaf("B2")])]);
  const sequencer = sequence(root);
  ask(sequencer, "begin");
  assert.deepEqual(enabledIn(sequencer), ["A", "B"]);
  assert.deepEqual(walk(sequencer, "choice:B2", "choice:B"), ["SB.2.9-6", "B1"]);
  assert.deepEqual(enabledIn(sequencer), ["A", "B", "B1", "B2"]);
});
test("disabled items are delivered by nothing", () => {
  const disabled = { sequencingRules: { preConditionRules: [whenAlways("disabled")] } };
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B", disabled), leaf("C")]));
  ask(sequencer, "begin");
  assert.deepEqual(enabledIn(sequencer), ["A", "C"]);
  assert.equal(sequencer.requestValid("choice", "B"), "false");
  assert.equal(sequencer.requestValid("jump", "B"), "false");
  assert.deepEqual(walk(sequencer, "continue", "choice:C", "jump:B"), ["SB.2.2-2", "C", "DB.1.1-3"]);
});
test("skipped items are passed by in flow and can be chosen", () => {
  const skipped = { sequencingRules: { preConditionRules: [whenAlways("skip")] } };
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B", skipped), leaf("C")]));
  assert.deepEqual(walk(sequencer, "begin", "continue", "previous", "choice:B"), ["A", "C", "A", "B"]);
});
test("an item hidden from choice is not shown, nor what lies below it, and is flowed into", () => {
  const hidden = { controlMode: { flow: true }, sequencingRules: { preConditionRules: [whenAlways("hiddenFromChoice")] } };
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), cluster("B", hidden, [leaf("B1")]), leaf("C")]));
  assert.equal(ask(sequencer, "begin"), "A");
  assert.deepEqual(visibleIn(sequencer), ["A", "C"]);
  assert.deepEqual(walk(sequencer, "choice:B1", "choice:C", "previous"), ["SB.2.9-3", "C", "B1"]);
});
test("stopForwardTraversal shuts what comes after it among siblings", () => {
  const stop = { sequencingRules: { preConditionRules: [when("stopForwardTraversal", "satisfied", { operator: "not" })] }, deliveryControls: { objectiveSetByContent: true } };
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B", stop), leaf("C"), leaf("D")]));
  ask(sequencer, "begin");
  assert.deepEqual(enabledIn(sequencer), ["A", "B", "C", "D"]); // not satisfied is unknown yet
  ask(sequencer, "choice", "B");
  says(sequencer, { success: "failed" });
  ask(sequencer, "choice", "A");
  assert.deepEqual(enabledIn(sequencer), ["A", "B"]);
  assert.equal(ask(sequencer, "choice", "C"), "SB.2.4-1");
});
test("jump goes where neither choice nor flow would, if the item is not barred", () => {
  const sequencer = sequence(deep({ choice: false, flow: true }, { choice: false, flow: false }));
  ask(sequencer, "begin");
  assert.deepEqual([sequencer.requestValid("jump", "C2"), sequencer.requestValid("jump", "C"), sequencer.requestValid("jump", "X")], ["true", "false", "false"]);
  assert.equal(ask(sequencer, "jump", "C2"), "C2");
});
test("only a session that runs has requests to judge", () => {
  const sequencer = sequence(flat({ flow: true }, "A", "B"));
  assert.equal(sequencer.requestValid("continue"), "unknown");
  ask(sequencer, "begin");
  assert.deepEqual([sequencer.requestValid("continue"), sequencer.requestValid("previous")], ["true", "false"]);
});
test("invisible items are there all the same", () => {
  const sequencer = sequence(cluster("R", FLOW, [leaf("A"), leaf("B", null, { isVisible: false })]));
  assert.deepEqual(walk(sequencer, "begin", "continue"), ["A", "B"]);
  assert.deepEqual(visibleIn(sequencer), ["A"]);
});
test("looking ahead changes nothing", () => {
  const sequencer = sequence(deep());
  ask(sequencer, "begin");
  const before = JSON.stringify(sequencer.save());
  sequencer.outline();
  sequencer.standing();
  sequencer.requestValid("choice", "C");
  assert.equal(JSON.stringify(sequencer.save()), before);
});
