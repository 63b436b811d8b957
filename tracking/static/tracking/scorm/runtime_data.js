// Between the run-time data of an item and its tracking (SCORM 2004 RTE 4.1.1, SN 4.2.1), both ways.

import { completedBy, isSatisfied, setObjective, valueOf } from "./tracking.js";

const COMPLETED = { completed: true, incomplete: false, "not attempted": false };
const SATISFIED = { passed: true, failed: false };

// What the run-time says of the item as a whole, or of one objective, as fields of tracking.
function fieldsOf({ success, completion, scaled, raw, min, max, progress }) {
  return {
    satisfied: SATISFIED[success] ?? null, completion: COMPLETED[completion] ?? null, measure: scaled ?? null,
    raw: raw ?? null, min: min ?? null, max: max ?? null, progress: progress ?? null,
  };
}

// What is not known is no news, unless content said in so many words that it is not.
function newsOf(reported, said = {}) {
  return Object.fromEntries(Object.entries(fieldsOf(reported)).filter(([field, value]) => value !== null || said[field]));
}

// Put what an item has reported so far into its tracking: {standing, objectives: [{id, …, said}], said: {completion,
// satisfied}}, where `said` names what content set at all. Of the primary objective, what is said of the item as a whole
// counts before what is said of the objective of that name.
export function takeReported(session, node, { standing, objectives = [], said = {} }) {
  for (const objective of node.objectives) {
    const own = objective.id ? objectives.find((one) => one.id === objective.id) : undefined;
    const news = own ? newsOf(own, own.said) : {};
    if (objective.isPrimary) {
      setObjective(session, node, objective, settled(node, { ...news, ...newsOf(standing, said) }), true);
      for (const words of [own?.said ?? {}, said]) for (const field of Object.keys(words)) if (words[field]) node.t.said[field] = true;
    } else setObjective(session, node, objective, news, true);
  }
}

// Where completion follows from progress, nothing else decides it once there is any.
function settled(node, values) {
  if (!node.threshold.completedByMeasure || values.progress === undefined) return values;
  return { ...values, completion: completedBy(node, values.progress) };
}

const SUCCESS = new Map([[true, "passed"], [false, "failed"]]);
const COMPLETION = new Map([[true, "completed"], [false, "incomplete"]]);

// The item's named objectives with what is known of them, from shared ones or from earlier runs of the same attempt: what its
// run-time begins with, the primary one first. Unknown is undefined.
export function initialObjectives(session, node) {
  const named = node.objectives.filter((objective) => objective.id);
  const ordered = [...named.filter((one) => one.isPrimary), ...named.filter((one) => !one.isPrimary)];
  return ordered.map((objective) => {
    const of = (field) => valueOf(session, node, objective, field) ?? undefined;
    return {
      id: objective.id, success: SUCCESS.get(isSatisfied(session, node, objective)), completion: COMPLETION.get(of("completion")),
      scaled: of("measure"), raw: of("raw"), min: of("min"), max: of("max"), progress: of("progress"),
    };
  });
}
