// What scorm-again does by itself, as docs/decisions/0019 says: when a new version of it does better, this says so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Scorm12API } from "scorm-again/scorm12/min";
import { Scorm2004API } from "scorm-again/scorm2004/min";
import { createApi12 } from "../../tracking/static/tracking/scorm/api_12.js";
import { createApi2004 } from "../../tracking/static/tracking/scorm/api_2004.js";
import { isAsExpected, readCases, readTables, runCase } from "./scorm_table_runner.mjs";

const CALLS_12 = ["LMSInitialize", "LMSFinish", "LMSGetValue", "LMSSetValue", "LMSCommit", "LMSGetLastError", "LMSGetErrorString", "LMSGetDiagnostic"];
const CALLS_2004 = ["Initialize", "Terminate", "GetValue", "SetValue", "Commit", "GetLastError", "GetErrorString", "GetDiagnostic"];
const QUIET = { logLevel: 5, onLogMessage: () => {}, lmsCommitUrl: false };

function openRaw(Api, names, elements) {
  const engine = new Api(QUIET);
  engine.loadFromFlattenedJSON(elements, "");
  return Object.fromEntries(names.map((name) => [name, (...given) => engine[name](...given)]));
}

function countDepartures(standard, Api, names, create) {
  const tables = readTables(standard);
  const results = readCases(standard).flatMap((each) => {
    const elements = create({ tables, ...each.with }).model.all();
    return runCase(openRaw(Api, names, elements), names, each);
  });
  return [results.length, results.filter((one) => !isAsExpected(one)).length];
}

test("1.2 alone departs in as many calls as the decision says", () => {
  assert.deepEqual(countDepartures("12", Scorm12API, CALLS_12, createApi12), [709, 95]);
});

test("2004 alone departs in as many calls as the decision says", () => {
  assert.deepEqual(countDepartures("2004", Scorm2004API, CALLS_2004, createApi2004), [1388, 218]);
});

test("one wrong name loses everything behind it, and nothing behind the guard", () => {
  const raw = openRaw(Scorm12API, CALLS_12, {});
  raw.LMSInitialize("");
  assert.equal(raw.LMSSetValue("cmi", "x"), "true");
  assert.equal(raw.LMSSetValue("cmi.core.lesson_status", "completed"), "false");
  const { api } = createApi12({ tables: readTables("12"), Engine: Scorm12API });
  api.LMSInitialize("");
  assert.equal(api.LMSSetValue("cmi", "x"), "false");
  assert.equal(api.LMSSetValue("cmi.core.lesson_status", "completed"), "true");
  assert.equal(api.LMSGetValue("cmi.core.lesson_status"), "completed");
});

test("a bridge without scorm-again gives the same answers", () => {
  const { api, departures } = createApi2004({ tables: readTables("2004"), Engine: null });
  api.Initialize("");
  assert.equal(api.SetValue("cmi.location", "p1"), "true");
  assert.equal(api.GetValue("cmi.location"), "p1");
  assert.deepEqual(departures, []);
});

test("a scorm-again that breaks stops nobody", () => {
  const Broken = class {
    constructor() {
      throw new Error("no");
    }
  };
  const { api } = createApi12({ tables: readTables("12"), Engine: Broken });
  assert.deepEqual([api.LMSInitialize(""), api.LMSSetValue("cmi.suspend_data", "x"), api.LMSFinish("")], ["true", "true", "true"]);
});
