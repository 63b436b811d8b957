// Between the run-time data of an item and its tracking (SCORM 2004 RTE 4.1.1, SN 4.2.1), both ways.

import { isSatisfied, setObjective, valueOf } from "./tracking.js";

const COMPLETED = { completed: true, incomplete: false, "not attempted": false };
const SATISFIED = { passed: true, failed: false };

// What the run-time says of the item as a whole, or of one objective, as fields of tracking.
function fieldsOf({ success, completion, scaled, raw, min, max, progress }) {
  return {
    satisfied: SATISFIED[success] ?? null, completion: COMPLETED[completion] ?? null, measure: scaled ?? null,
    raw: raw ?? null, min: min ?? null, max: max ?? null, progress: progress ?? null,
  };
}

const firstKnown = (own, other) =>
  Object.fromEntries(Object.entries(own).map(([field, value]) => [field, value ?? other?.[field] ?? null]));

// Put what an item has reported so far into its tracking: {standing, objectives: [{id, …}], said: {completion, satisfied}}, the
// last of which names what content set at all. Of the primary objective, what is said of the item as a whole counts before
// what is said of the objective of that name.
export function takeReported(session, node, { standing, objectives = [], said = {} }) {
  const saidOf = (id) => {
    const found = id && objectives.find((one) => one.id === id);
    return found ? fieldsOf(found) : null;
  };
  for (const objective of node.objectives) {
    const own = saidOf(objective.id);
    if (objective.isPrimary) setObjective(session, node, objective, settled(node, firstKnown(fieldsOf(standing), own)));
    else if (own) setObjective(session, node, objective, own);
  }
  node.t.said = Object.fromEntries(Object.entries(said).filter(([, isSaid]) => isSaid));
}

// Where completion follows from progress, nothing else decides it.
function settled(node, values) {
  if (!node.threshold.completedByMeasure) return values;
  const completion = values.progress === null ? null : values.progress >= Number(node.threshold.minProgressMeasure);
  return { ...values, completion };
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
