// SCORM 2004's run-time API (4th Ed. RTE chapters 3 and 4): what it has of its own.
import { Bridge, numberOf } from "./bridge.js";
import { timeintervalOf2004 } from "./time_words.js";

const EXIT = "cmi.exit";
const REQUEST = "adl.nav.request";
const EARLIER_EDITIONS = ["2004-2", "2004-3"];
const STORE = /^adl\.data\.(0|[1-9][0-9]*)\.store$/;

const STANDARD = {
  calls: [
    "Initialize", "Terminate", "GetValue", "SetValue", "Commit", "GetLastError", "GetErrorString", "GetDiagnostic",
  ],
  attributes: { version: "1.0" }, // of IEEE 1484.11.2: the interface's own version, for content that looks for it
  exit: EXIT,
  evaluated: ["cmi.completion_status", "cmi.success_status"],
  forgotten: [EXIT, "cmi.session_time", REQUEST],
  prepare,
  standing,
  objective,
  said: (model) => ({ completion: isSaid(model, "cmi.completion_status"), satisfied: isSaid(model, "cmi.success_status") }),
  evaluate,
  guardGet: (name, bridge) => {
    const share = shareOf(name, bridge);
    if (share?.readSharedData === false) return { reason: "write_only" };
    return share && bridge.value(name) === "" ? { reason: "unset" } : null; // an emptied store is as one that nobody has filled
  },
  guardSet: (name, text, bridge) => (shareOf(name, bridge)?.writeSharedData === false ? "read_only" : null),
  ask: (found, hooks) => (found.row?.asked ? askValid(found, hooks) : null),
  request: (bridge) => {
    const asked = bridge.value(REQUEST);
    return asked === "_none_" ? "" : asked;
  },
};

// Options: see docs/scorm-runtime.md. The bridge's `api` is what content finds as window.API_1484_11.
export function createApi2004(options) {
  return new Bridge(STANDARD, options);
}

// What content wrote into the stores that it shares with other items: {target id: text}.
export function sharedStores(bridge) {
  const stores = {};
  for (let index = 0; index < bridge.model.count("adl.data"); index += 1) {
    const text = bridge.value(`adl.data.${index}.store`);
    if (text !== null) stores[bridge.value(`adl.data.${index}.id`)] = text;
  }
  return stores;
}

function prepare(model, options) {
  const { learner, mode, credit, entry, totalTimeMs, activity = {} } = options;
  const own = {
    "cmi.learner_id": learner?.id,
    "cmi.learner_name": learner?.name,
    "cmi.mode": mode,
    "cmi.credit": credit,
    "cmi.entry": entry,
    "cmi.total_time": timeintervalOf2004(totalTimeMs ?? 0),
    "cmi.launch_data": activity.dataFromLms || null,
    "cmi.max_time_allowed": timeAllowed(activity),
    "cmi.time_limit_action": activity.timeLimitAction || null,
    "cmi.completion_threshold": thresholdOf(activity),
    "cmi.scaled_passing_score": passingScoreOf(activity),
  };
  for (const [name, text] of Object.entries(own)) if (text !== undefined && text !== null) model.put(name, String(text));
  for (const one of options.objectives ?? objectivesOf(activity)) putObjective(model, one);
  for (const [index, share] of sharesOf(options).entries()) putShare(model, index, share, options.stores ?? {});
  (options.commentsFromLms ?? []).forEach((comment, index) => {
    for (const [member, text] of Object.entries(comment)) model.put(`cmi.comments_from_lms.${index}.${member}`, String(text));
  });
}

function timeAllowed({ maxTimeAllowed, sequencing }) {
  return maxTimeAllowed || sequencing?.limitConditions?.attemptAbsoluteDurationLimit || null;
}

// 2nd and 3rd editions have a threshold alone; the 4th says whether it decides.
function thresholdOf({ completionThreshold }) {
  if (!completionThreshold || completionThreshold.completedByMeasure === false) return null;
  return completionThreshold.minProgressMeasure ?? 1;
}

function passingScoreOf({ sequencing }) {
  const primary = sequencing?.objectives?.find((one) => one.isPrimary);
  return primary?.satisfiedByMeasure ? (primary.minNormalizedMeasure ?? 1) : null;
}

// Objectives that the manifest names: the primary one first, then in its order (RTE 4.2.17).
function objectivesOf({ sequencing }) {
  const named = (sequencing?.objectives ?? []).filter((one) => one.objectiveID);
  return [...named.filter((one) => one.isPrimary), ...named.filter((one) => !one.isPrimary)].map((one) => ({ id: one.objectiveID }));
}

// `one`: {id, success, completion, scaled, raw, min, max, progress}, of which only what is known is given.
function putObjective(model, one) {
  const at = model.find("cmi.objectives", "id", one.id);
  const record = `cmi.objectives.${at === -1 ? model.count("cmi.objectives") : at}`;
  const members = {
    id: one.id,
    success_status: one.success,
    completion_status: one.completion,
    "score.scaled": one.scaled,
    "score.raw": one.raw,
    "score.min": one.min,
    "score.max": one.max,
    progress_measure: one.progress,
  };
  for (const [member, value] of Object.entries(members)) {
    if (value !== undefined && value !== null) model.put(`${record}.${member}`, String(value));
  }
}

function sharesOf({ activity }) {
  return activity?.sharedData ?? [];
}

function putShare(model, index, share, stores) {
  model.put(`adl.data.${index}.id`, share.targetId);
  if (stores[share.targetId] !== undefined) model.put(`adl.data.${index}.store`, stores[share.targetId]);
}

function shareOf(name, { options }) {
  const found = STORE.exec(name);
  return found ? sharesOf(options)[Number(found[1])] : null;
}

function askValid(found, hooks) {
  const name = found.pattern.split(".").at(-1);
  const answer = String(hooks.requestValid?.(name, found.target) ?? "unknown");
  return ["true", "false"].includes(answer) ? answer : "unknown";
}

// RTE 4.2.4.1 and 4.2.22.1: where the manifest gives a threshold, the measure decides, and not what content says. Until there
// is one, both are unknown; in editions before the 4th completion is what content says, as it hardly ever gives a measure there.
function evaluate(name, model, { standard } = {}) {
  if (name === "cmi.completion_status") {
    const undecided = EARLIER_EDITIONS.includes(standard) ? null : "unknown";
    return decide(model, "cmi.completion_threshold", "cmi.progress_measure", ["completed", "incomplete", undecided]);
  }
  if (name === "cmi.success_status") {
    return decide(model, "cmi.scaled_passing_score", "cmi.score.scaled", ["passed", "failed", "unknown"]);
  }
  return null;
}

function isSaid(model, name) {
  return model.isSet(name) || (evaluate(name, model) ?? "unknown") !== "unknown";
}

function decide(model, threshold, measure, [reached, missed, undecided]) {
  if (!model.isSet(threshold)) return null;
  if (!model.isSet(measure)) return undecided;
  return Number(model.value(measure)) >= Number(model.value(threshold)) ? reached : missed;
}

function standing(bridge) {
  return {
    completion: bridge.value("cmi.completion_status"),
    success: bridge.value("cmi.success_status"),
    ...scoreAt(bridge, "cmi.score"),
    progress: numberOf(bridge.value("cmi.progress_measure")),
  };
}

function objective(bridge, index) {
  const record = `cmi.objectives.${index}`;
  return {
    id: bridge.value(`${record}.id`) ?? "",
    index,
    success: bridge.value(`${record}.success_status`),
    completion: bridge.value(`${record}.completion_status`),
    ...scoreAt(bridge, `${record}.score`),
    progress: numberOf(bridge.value(`${record}.progress_measure`)),
    said: { completion: bridge.hasSet(`${record}.completion_status`), satisfied: bridge.hasSet(`${record}.success_status`) },
  };
}

function scoreAt(bridge, place) {
  const read = (one) => numberOf(bridge.value(`${place}.${one}`));
  return { scaled: read("scaled"), raw: read("raw"), min: read("min"), max: read("max") };
}
