// Which fields of a lesson only some kinds have: by the end of their names, the kinds that have them.
const KINDS = {
  scorm_goal: ["scorm"],
  attempts_allowed: ["scorm"],
  counted_attempt: ["scorm"],
};

/** The fields that follow a lesson's kind. */
export const FOLLOWING = Object.keys(KINDS);

/** Whether a lesson of a kind has a field; an unknown kind has them all. */
export function isShown(field, kind) {
  const kinds = KINDS[field];
  return !kinds || !kind || kinds.includes(kind);
}

/** "lessons-2-scorm_goal" → {form: "lessons-2", field: "scorm_goal"}; null for what is no field of a lesson. */
export function fieldOf(name) {
  const found = /^(lessons-(?:\d+|__prefix__))-(\w+)$/.exec(name ?? "");
  return found ? { form: found[1], field: found[2] } : null;
}
