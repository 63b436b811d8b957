import assert from "node:assert/strict";
import { test } from "node:test";
import { Scorm12API } from "scorm-again/scorm12/min";
import { createApi12 } from "../../tracking/static/tracking/scorm/api_12.js";
import { describe, isAsExpected, readCases, readTables, runCase } from "./scorm_table_runner.mjs";

const NAMES = [
  "LMSInitialize", "LMSFinish", "LMSGetValue", "LMSSetValue", "LMSCommit", "LMSGetLastError", "LMSGetErrorString", "LMSGetDiagnostic",
];
const tables = readTables("12");
const open = (more = {}) => createApi12({ tables, Engine: Scorm12API, ...more });

function begin(more) {
  const bridge = open(more);
  assert.equal(bridge.api.LMSInitialize(""), "true");
  return bridge;
}

for (const each of readCases("12")) {
  test(`1.2: ${each.name}`, () => {
    const results = runCase(open(each.with).api, NAMES, each);
    assert.deepEqual(results.filter((one) => !isAsExpected(one)).map(describe), []);
  });
}

test("every element of the table is read and set by some case", () => {
  const pattern = (name) => name.replace(/\.\d+/, ".n").replace(/\.\d+/, ".m");
  const called = new Set(readCases("12").flatMap(({ calls }) => calls.map((one) => pattern(one.set ?? one.get ?? ""))));
  const leaves = Object.entries(tables.elements).filter(([, row]) => row.type);
  assert.deepEqual(leaves.map(([name]) => name).filter((name) => !called.has(name)), []);
});

test("content finds exactly the eight calls, and they need no object to be called on", () => {
  const { api } = open();
  assert.deepEqual(Object.keys(api), NAMES);
  const { LMSInitialize, LMSGetValue } = api;
  assert.equal(LMSInitialize(""), "true");
  assert.equal(LMSGetValue("cmi.core.lesson_status"), "not attempted");
});

test("arguments that cannot become text do no harm", () => {
  const { api } = begin();
  const odd = { toString: () => { throw new Error("no"); } };
  assert.equal(api.LMSSetValue("cmi.suspend_data", odd), "true");
  assert.equal(api.LMSGetValue(odd), "");
  assert.equal(api.LMSGetLastError(), "201");
  assert.equal(api.LMSSetValue(Symbol("x"), Object.create(null)), "false");
});

test("a diagnosis says what was called and is short", () => {
  const { api } = begin();
  api.LMSSetValue("cmi.core.lesson_status", "x".repeat(1000));
  assert.equal(api.LMSGetDiagnostic("").startsWith("Incorrect Data Type (type: cmi.core.lesson_status = xxx"), true);
  assert.equal(api.LMSGetDiagnostic("").length, 255);
});

test("only what content changed is committed, once", () => {
  const heard = [];
  const bridge = begin({ hooks: { onCommit: (word) => heard.push(word) }, elements: { "cmi.suspend_data": "old" }, entry: "resume" });
  const { api } = bridge;
  api.LMSSetValue("cmi.core.lesson_location", "p1");
  api.LMSSetValue("cmi.core.lesson_location", "p2");
  api.LMSSetValue("cmi.core.student_id", "me");
  api.LMSCommit("");
  api.LMSCommit("");
  api.LMSSetValue("cmi.core.exit", "suspend");
  api.LMSSetValue("cmi.core.lesson_status", "incomplete");
  api.LMSFinish("");
  assert.deepEqual(heard, [
    { elements: { "cmi.core.lesson_location": "p2" }, last: false },
    { elements: {}, last: false },
    { elements: { "cmi.core.exit": "suspend", "cmi.core.lesson_status": "incomplete" }, last: true },
  ]);
});

const finish = (sets, more = {}) => {
  const bridge = begin(more);
  for (const [name, value] of sets) assert.equal(bridge.api.LMSSetValue(name, value), "true");
  assert.equal(bridge.api.LMSFinish(""), "true");
  return bridge.value("cmi.core.lesson_status");
};
const RAW = "cmi.core.score.raw";
const STATUS = "cmi.core.lesson_status";
const mastery = { activity: { masteryScore: "80" } };

test("who never says a status has completed, or browsed", () => {
  assert.equal(finish([]), "completed");
  assert.equal(finish([], { mode: "browse", credit: "no-credit" }), "browsed");
  assert.equal(finish([[STATUS, "incomplete"]]), "incomplete");
});

test("the mastery score decides, from its very value on", () => {
  assert.equal(finish([[RAW, "80"], [STATUS, "completed"]], mastery), "passed");
  assert.equal(finish([[RAW, "79.9"], [STATUS, "passed"]], mastery), "failed");
  assert.equal(finish([[RAW, "90"]], mastery), "passed");
});

test("the mastery score does not decide without a score, without credit, outside normal mode, or in the middle", () => {
  assert.equal(finish([[STATUS, "completed"]], mastery), "completed");
  assert.equal(finish([[RAW, "10"], [STATUS, "completed"]], { ...mastery, credit: "no-credit" }), "completed");
  assert.equal(finish([[RAW, "10"], [STATUS, "completed"]], { ...mastery, mode: "review" }), "completed");
  assert.equal(finish([[RAW, "10"], [STATUS, "incomplete"], ["cmi.core.exit", "suspend"]], mastery), "incomplete");
});

test("a standing says completion and success apart", () => {
  const bridge = begin();
  const say = (status) => bridge.api.LMSSetValue(STATUS, status) && bridge.standing();
  assert.deepEqual(bridge.standing(), { completion: "not attempted", success: "unknown", scaled: null, raw: null, min: null, max: null, progress: null });
  bridge.api.LMSSetValue(RAW, "42");
  bridge.api.LMSSetValue("cmi.core.score.max", "50");
  assert.deepEqual(say("passed"), { completion: "completed", success: "passed", scaled: 0.84, raw: 42, min: null, max: 50, progress: null });
  assert.deepEqual([say("failed").completion, bridge.standing().success], ["completed", "failed"]);
  assert.deepEqual([say("browsed").completion, bridge.standing().success], ["incomplete", "unknown"]);
});

test("an item that is left without its last call is suspended, once", () => {
  const heard = [];
  const hooks = { onCommit: ({ elements, last }) => heard.push([elements, last]), onTerminate: (word) => heard.push(word) };
  const bridge = begin({ hooks });
  bridge.api.LMSSetValue(STATUS, "incomplete");
  assert.equal(bridge.leave(), true);
  assert.equal(bridge.leave(), false);
  assert.deepEqual(heard, [
    [{ "cmi.core.lesson_status": "incomplete", "cmi.core.exit": "suspend" }, true],
    { exit: "suspend", navRequest: "" },
  ]);
  assert.equal(bridge.api.LMSFinish(""), "false");
});

test("a hook that refuses or throws makes its call fail and nothing else", () => {
  const faults = [];
  const hooks = { onCommit: () => false, onTerminate: () => { throw new Error("broken"); }, onFault: (error) => faults.push(error.message) };
  const { api } = begin({ hooks });
  assert.equal(api.LMSCommit(""), "false");
  assert.equal(api.LMSGetLastError(), "101");
  assert.equal(api.LMSFinish(""), "false");
  assert.deepEqual(faults, ["broken"]);
  assert.equal(api.LMSGetLastError(), "101");
});

test("scorm-again behind the guard agrees in what packages ordinarily do", () => {
  const bridge = begin({ learner: { id: "L-1", name: "测试" }, activity: { dataFromLms: "x" }, entry: "ab-initio" });
  const { api } = bridge;
  for (const [name, value] of [["cmi.core.lesson_location", "p3"], [RAW, "90"], [STATUS, "completed"], ["cmi.suspend_data", "a=1"]]) {
    api.LMSSetValue(name, value);
    api.LMSGetValue(name);
  }
  for (const name of ["cmi.core.student_id", "cmi.core.student_name", "cmi.launch_data", "cmi.core.entry"]) api.LMSGetValue(name);
  assert.deepEqual(bridge.departures, []);
});
