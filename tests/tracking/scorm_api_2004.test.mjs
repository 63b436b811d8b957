import assert from "node:assert/strict";
import { test } from "node:test";
import { Scorm2004API } from "scorm-again/scorm2004/min";
import { createApi2004, sharedStores } from "../../tracking/static/tracking/scorm/api_2004.js";
import { describe, isAsExpected, readCases, readTables, runCase } from "./scorm_table_runner.mjs";

const NAMES = ["Initialize", "Terminate", "GetValue", "SetValue", "Commit", "GetLastError", "GetErrorString", "GetDiagnostic"];
const tables = readTables("2004");
const open = (more = {}) => createApi2004({ tables, Engine: Scorm2004API, ...more });

function begin(more) {
  const bridge = open(more);
  assert.equal(bridge.api.Initialize(""), "true");
  return bridge;
}

for (const each of readCases("2004")) {
  test(`2004: ${each.name}`, () => {
    const results = runCase(open(each.with).api, NAMES, each);
    assert.deepEqual(results.filter((one) => !isAsExpected(one)).map(describe), []);
  });
}

test("every element of the table is read and set by some case", () => {
  const pattern = (name) => name.replace(/\.\{.*/, "").replace(/\.\d+/, ".n").replace(/\.\d+/, ".m");
  const called = new Set(readCases("2004").flatMap(({ calls }) => calls.map((one) => pattern(one.set ?? one.get ?? ""))));
  const requests = /^adl\.nav\.request_valid\./;
  const leaves = Object.entries(tables.elements).filter(([name, row]) => row.type && !requests.test(name));
  assert.deepEqual(leaves.map(([name]) => name).filter((name) => !called.has(name)), []);
});

test("content finds the interface's version and the eight calls, and they need no object to be called on", () => {
  const { version, ...api } = open().api;
  assert.deepEqual([version, Object.keys(api)], ["1.0", NAMES]);
  const { Initialize, GetValue } = api;
  assert.equal(Initialize(""), "true");
  assert.equal(GetValue("cmi.completion_status"), "unknown");
});

test("what is evaluated is committed when it changes", () => {
  const heard = [];
  const activity = { completionThreshold: { completedByMeasure: true, minProgressMeasure: 0.5 } };
  const { api } = begin({ activity, hooks: { onCommit: (word) => heard.push(word) } });
  api.SetValue("cmi.progress_measure", "0.6");
  api.Commit("");
  api.SetValue("cmi.progress_measure", "0.7");
  api.Terminate("");
  assert.deepEqual(heard, [
    { elements: { "cmi.progress_measure": "0.6", "cmi.completion_status": "completed" }, last: false },
    { elements: { "cmi.progress_measure": "0.7" }, last: true },
  ]);
});

test("what content says and a measure is to decide is committed as it stands", () => {
  const heard = [];
  const activity = { completionThreshold: { completedByMeasure: true }, sequencing: { objectives: [{ isPrimary: true, satisfiedByMeasure: true }] } };
  const { api } = begin({ activity, hooks: { onCommit: ({ elements }) => heard.push(elements) } });
  for (const [name, word] of [["completion_status", "completed"], ["success_status", "passed"]]) api.SetValue(`cmi.${name}`, word);
  api.Commit("");
  api.SetValue("cmi.score.scaled", "1");
  api.SetValue("cmi.success_status", "failed");
  api.Commit("");
  assert.deepEqual(heard, [
    { "cmi.completion_status": "unknown", "cmi.success_status": "unknown" },
    { "cmi.score.scaled": "1", "cmi.success_status": "passed" },
  ]);
});

test("terminating says how, and what content would like next", () => {
  const heard = [];
  const hooks = { onTerminate: (word) => heard.push(word) };
  const first = begin({ hooks });
  first.api.SetValue("cmi.exit", "suspend");
  first.api.SetValue("adl.nav.request", "{target=item-2}choice");
  first.api.Terminate("");
  begin({ hooks }).api.Terminate("");
  assert.deepEqual(heard, [{ exit: "suspend", navRequest: "{target=item-2}choice" }, { exit: "", navRequest: "" }]);
});

test("the sequencer answers whether a request would be valid", () => {
  const asked = [];
  const requestValid = (name, target) => asked.push([name, target]) && { continue: "true", previous: true, choice: "false" }[name];
  const { api } = begin({ hooks: { requestValid } });
  const valid = (rest) => api.GetValue(`adl.nav.request_valid.${rest}`);
  assert.deepEqual(["continue", "previous", "choice.{target=a.b-1}", "jump.{target=x}", "exit"].map(valid), [
    "true", "true", "false", "unknown", "unknown",
  ]);
  assert.deepEqual(asked.slice(0, 3), [["continue", undefined], ["previous", undefined], ["choice", "a.b-1"]]);
});

test("objectives begin with what is known of them, and go on with what was said", () => {
  const objectives = [{ id: "a", success: "passed", scaled: 0.9 }, { id: "b" }];
  const fresh = begin({ objectives });
  assert.equal(fresh.api.GetValue("cmi.objectives.0.success_status"), "passed");
  assert.equal(fresh.api.GetValue("cmi.objectives.0.score.scaled"), "0.9");
  assert.equal(fresh.api.GetValue("cmi.objectives._count"), "2");
  const elements = { "cmi.objectives.0.id": "b", "cmi.objectives.0.success_status": "failed", "cmi.objectives.1.id": "c" };
  const again = begin({ objectives, elements, entry: "resume" });
  const ids = again.objectives().map(({ id, success, scaled }) => [id, success, scaled]);
  assert.deepEqual(ids, [["b", "failed", null], ["c", "unknown", null], ["a", "passed", 0.9]]);
});

test("a standing keeps completion, success, score and progress apart", () => {
  const { api, ...rest } = begin();
  const bridge = { api, ...rest };
  assert.equal(bridge.state, "running");
  const whole = begin();
  for (const [name, value] of [["completion_status", "incomplete"], ["success_status", "passed"], ["score.raw", "8"], ["score.scaled", "0.8"], ["progress_measure", "0.25"]]) {
    whole.api.SetValue(`cmi.${name}`, value);
  }
  assert.deepEqual(whole.standing(), { completion: "incomplete", success: "passed", scaled: 0.8, raw: 8, min: null, max: null, progress: 0.25 });
  assert.deepEqual([whole.said(), begin().said()], [{ completion: true, satisfied: true }, { completion: false, satisfied: false }]);
});

test("shared data is given back by its own names", () => {
  const activity = { sharedData: [{ targetId: "urn:a" }, { targetId: "urn:b" }] };
  const bridge = begin({ activity, stores: { "urn:b": "before" } });
  bridge.api.SetValue("adl.data.0.store", "now");
  assert.deepEqual(sharedStores(bridge), { "urn:a": "now", "urn:b": "before" });
  assert.deepEqual(bridge.changedSince(), { "adl.data.0.store": "now" });
});

test("shared data that an item emptied is none for the next one", () => {
  const activity = { sharedData: [{ targetId: "urn:a" }] };
  const first = begin({ activity, stores: { "urn:a": "before" } });
  assert.deepEqual([first.api.SetValue("adl.data.0.store", ""), first.api.GetValue("adl.data.0.store"), first.api.GetLastError()], ["true", "", "403"]);
  const next = begin({ activity, stores: sharedStores(first) });
  assert.deepEqual([next.api.GetValue("adl.data.0.store"), next.api.GetLastError()], ["", "403"]);
});

test("an item that is left without its last call is suspended, unless it said how it ends", () => {
  const heard = [];
  const hooks = { onTerminate: ({ exit }) => heard.push(exit) };
  begin({ hooks }).leave();
  const other = begin({ hooks });
  other.api.SetValue("cmi.exit", "normal");
  other.leave();
  assert.deepEqual(heard, ["suspend", "normal"]);
});

test("a hook that refuses or throws has its own codes", () => {
  const no = () => false;
  const shut = open({ hooks: { onInitialize: no } });
  assert.deepEqual([shut.api.Initialize(""), shut.api.GetLastError(), shut.api.GetValue("cmi.entry")], ["false", "102", ""]);
  const { api } = begin({ hooks: { onCommit: no } });
  assert.deepEqual([api.Commit(""), api.GetLastError()], ["false", "391"]);
  assert.deepEqual([api.Terminate(""), api.GetLastError()], ["false", "111"]);
  assert.deepEqual([api.Terminate(""), api.GetLastError()], ["false", "113"]);
});

test("scorm-again behind the guard agrees in what packages ordinarily do", () => {
  const bridge = begin({ learner: { id: "L-1", name: "测试" }, activity: { dataFromLms: "x" }, entry: "ab-initio" });
  const { api } = bridge;
  const sets = [
    ["cmi.location", "p3"], ["cmi.score.scaled", "0.9"], ["cmi.score.raw", "90"], ["cmi.completion_status", "completed"],
    ["cmi.success_status", "passed"], ["cmi.suspend_data", "a=1"], ["cmi.interactions.0.id", "q1"],
    ["cmi.interactions.0.type", "choice"], ["cmi.interactions.0.learner_response", "a[,]b"], ["cmi.interactions.0.result", "correct"],
  ];
  for (const [name, value] of sets) {
    assert.equal(api.SetValue(name, value), "true");
    api.GetValue(name);
  }
  for (const name of ["cmi.learner_id", "cmi.learner_name", "cmi.launch_data", "cmi.entry", "cmi.mode", "cmi.credit"]) api.GetValue(name);
  assert.deepEqual(bridge.departures, []);
});
