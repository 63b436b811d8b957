// SCORM 1.2's run-time API (RTE 1.2 chapter 3): what it has of its own.
import { Bridge, numberOf } from "./bridge.js";
import { timespanOf12 } from "./time_words.js";

const STATUS = "cmi.core.lesson_status";
const EXIT = "cmi.core.exit";
const COMMENTS_MOST = 4096;
const MEANINGS = {
  passed: ["completed", "passed"],
  failed: ["completed", "failed"],
  completed: ["completed", "unknown"],
  incomplete: ["incomplete", "unknown"],
  browsed: ["incomplete", "unknown"],
  "not attempted": ["not attempted", "unknown"],
};

const STANDARD = {
  calls: [
    "LMSInitialize", "LMSFinish", "LMSGetValue", "LMSSetValue", "LMSCommit",
    "LMSGetLastError", "LMSGetErrorString", "LMSGetDiagnostic",
  ],
  exit: EXIT,
  evaluated: [],
  forgotten: [EXIT, "cmi.core.session_time"],
  prepare,
  finish,
  standing,
  objective,
  said: (model) => ({ completion: model.isSet(STATUS), satisfied: model.isSet(STATUS) }),
  evaluate: (name, model) => (model.get(name).reason === "unset" ? "" : null),
  guardGet: (name, { model }) => unsetIsEmpty(model.get(name)),
  guardSet: (name, text, { model }) => judgeComment(name, text, model),
  stored: (name, text, model) => (name === "cmi.comments" ? (model.value(name) ?? "") + text : text),
  request: () => "",
};

// Options: see docs/scorm-runtime.md. The bridge's `api` is what content finds as window.API.
export function createApi12(options) {
  return new Bridge(STANDARD, options);
}

function prepare(model, { learner, mode, credit, entry, totalTimeMs, activity = {} }) {
  const own = {
    "cmi.core.student_id": learner?.id,
    "cmi.core.student_name": learner?.name,
    "cmi.core.lesson_mode": mode,
    "cmi.core.credit": credit,
    "cmi.core.entry": entry,
    "cmi.core.total_time": timespanOf12(totalTimeMs ?? 0),
    "cmi.launch_data": activity.dataFromLms,
    "cmi.student_data.mastery_score": activity.masteryScore,
    "cmi.student_data.max_time_allowed": activity.maxTimeAllowed,
    "cmi.student_data.time_limit_action": activity.timeLimitAction,
  };
  for (const [name, text] of Object.entries(own)) if (text !== undefined && text !== null) model.put(name, String(text));
}

// 1.2 has no error for what was not set yet: it is empty.
function unsetIsEmpty(answer) {
  return answer.reason === "unset" ? { value: "", found: answer.found } : answer;
}

// What is written to comments is added to what stands there; together it may not grow beyond the type.
function judgeComment(name, text, model) {
  if (name !== "cmi.comments") return null;
  return (model.value(name) ?? "").length + text.length > COMMENTS_MOST ? "type" : null;
}

// RTE 1.2, 3.4.4 cmi.core.lesson_status: what the system does when the content has ended.
function finish(bridge) {
  const { mode = "normal", credit = "credit", activity = {} } = bridge.options;
  const status = bridge.value(STATUS);
  if (status === "not attempted") bridge.put(STATUS, mode === "browse" ? "browsed" : "completed");
  const mastery = numberOf(activity.masteryScore);
  const raw = numberOf(bridge.value("cmi.core.score.raw"));
  if (mode === "normal" && credit === "credit" && mastery !== null && raw !== null && !isUnderWay(bridge, status)) {
    bridge.put(STATUS, raw >= mastery ? "passed" : "failed");
  }
}

// Content that says it is not through, and will be gone on with, has no final score yet.
function isUnderWay(bridge, status) {
  return status === "incomplete" && bridge.value(EXIT) === "suspend";
}

function standing(bridge) {
  const [completion, success] = MEANINGS[bridge.value(STATUS)] ?? ["unknown", "unknown"];
  return { completion, success, ...scoreAt(bridge, "cmi.core.score"), progress: null };
}

function objective(bridge, index) {
  const record = `cmi.objectives.${index}`;
  const [completion, success] = MEANINGS[bridge.value(`${record}.status`)] ?? ["unknown", "unknown"];
  return { id: bridge.value(`${record}.id`) ?? "", index, completion, success, ...scoreAt(bridge, `${record}.score`), progress: null };
}

// A score's part of its own most, or of a hundred.
function scoreAt(bridge, place) {
  const [raw, min, max] = ["raw", "min", "max"].map((one) => numberOf(bridge.value(`${place}.${one}`)));
  const scaled = raw === null ? null : Math.min(1, raw / (max || 100));
  return { scaled, raw, min, max };
}
