// Runs the tables of calls against a run-time API; the server's validator is asked the same sets.
import { readFileSync } from "node:fs";

const here = (path) => new URL(path, import.meta.url);
export const readJson = (path) => JSON.parse(readFileSync(here(path), "utf8"));
export const readTables = (standard) => readJson(`../../tracking/static/tracking/scorm/elements_${standard}.json`);
export const readCases = (standard) => readJson(`scorm_calls_${standard}.json`).cases;

// `names`: the calls of the standard, in the order of its specification.
export function runCase(api, names, { calls, raw }) {
  const [initialize, , getValue, setValue, , getLastError] = names;
  if (!raw) api[initialize]("");
  return calls.map((call) => {
    const said = {};
    if (call.call) said.answer = api[call.call](...call.arguments);
    else if ("get" in call) said.answer = api[getValue](call.get);
    else said.answer = api[setValue](call.set, textOf(call.value));
    said.error = Number(api[getLastError]());
    return { call, ...said };
  });
}

export const isAsExpected = ({ call, answer, error }) => answer === call.expect && error === call.error;

export function describe({ call, answer, error }) {
  const short = JSON.stringify(call).slice(0, 160);
  return `${short} gave ${JSON.stringify(answer)?.slice(0, 80)} with ${error}`;
}

function textOf(value) {
  return typeof value === "object" ? value.repeat.repeat(value.times) : value;
}
