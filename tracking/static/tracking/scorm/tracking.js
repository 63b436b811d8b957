// What is known of an activity in its present attempt, and of objectives shared between activities. Unknown is null.
// A session is {tree, globals (Map: objective → fields), current, suspended, random}: see sequencer.js.

import { FIELDS, isLeaf, isTracked } from "./tree.js";

const NOTHING_KNOWN = { satisfied: null, measure: null, raw: null, min: null, max: null, completion: null, progress: null };

const freshObjectives = (node) => Object.fromEntries(node.objectives.map((objective) => [objective.id, { ...NOTHING_KNOWN }]));

// `attempts` 0 says that the Activity Progress Status is false. A stale status is of an earlier attempt on the parent, whose
// own present attempt may not use it. `said` names what content reported in this attempt, were it only "unknown".
export function freshTracking(node) {
  return {
    active: false, suspended: false, attempts: 0, said: {},
    isObjectiveStale: false, isProgressStale: false, objectives: freshObjectives(node),
  };
}

const isProgress = (field) => field === "completion" || field === "progress";

// What is stale counts for what a cluster comes to, and where one is tried again, but not for where the learner goes otherwise.
function localValue(session, node, objective, field) {
  const isStale = isProgress(field) ? node.t.isProgressStale : node.t.isObjectiveStale;
  return isStale && session.isPresentOnly ? null : node.t.objectives[objective.id][field];
}

// Do something for which only what was found out during the present attempt on the parent is known.
export function presentOnly(session, work) {
  const before = session.isPresentOnly;
  session.isPresentOnly = true;
  try {
    return work();
  } finally {
    session.isPresentOnly = before;
  }
}

// A field of an objective: that of the shared objective which it reads, known or not, else its own.
export function valueOf(session, node, objective, field) {
  const map = objective.maps.find(({ read }) => read[field]);
  return map ? session.globals.get(map.target)?.[field] ?? null : localValue(session, node, objective, field);
}

function satisfiedBy(node, objective, measure) {
  if (measure === null) return null;
  if (node.t.active && !node.considerations.measureSatisfactionIfActive) return null;
  return measure >= objective.minMeasure;
}

// Objective Progress Status and Objective Satisfied Status in one: true, false or null.
export function isSatisfied(session, node, objective = node.primary) {
  if (objective.byMeasure) return satisfiedBy(node, objective, valueOf(session, node, objective, "measure"));
  return valueOf(session, node, objective, "satisfied");
}

export const measureOf = (session, node, objective = node.primary) => valueOf(session, node, objective, "measure");

// Attempt Completion Amount; of the primary objective it is the activity's own.
export const amountOf = (session, node) => valueOf(session, node, node.primary, "progress");

// Attempt Progress Status and Attempt Completion Status in one. Where progress decides, what others share of completion says
// nothing; without any progress it is what content says itself.
export function isCompleted(session, node, objective = node.primary) {
  if (!objective.isPrimary || !node.threshold.completedByMeasure) return valueOf(session, node, objective, "completion");
  return completedBy(node, amountOf(session, node)) ?? localValue(session, node, objective, "completion");
}

// What an amount of progress comes to where it decides, else null.
export const completedBy = (node, amount) => (amount === null ? null : amount >= Number(node.threshold.minProgressMeasure));

// That something is unknown is written to shared objectives where it was known here, or where content says so itself.
function writeField(session, node, objective, field, value, isSaid) {
  const own = node.t.objectives[objective.id];
  const wasKnown = own[field] !== null;
  own[field] = value;
  if (value === null && !wasKnown && !isSaid) return;
  for (const map of objective.maps) {
    if (!map.write[field]) continue;
    const shared = session.globals.get(map.target) ?? { ...NOTHING_KNOWN };
    if (shared[field] !== value) session.touched?.add(map.target);
    session.globals.set(map.target, { ...shared, [field]: value });
  }
}

// Set fields of an objective and of the shared ones that it writes to. What a measure decides is not set otherwise.
export function setObjective(session, node, objective, values, isSaid = false) {
  if (!isTracked(node)) return;
  for (const field of Object.keys(FIELDS)) {
    if (values[field] === undefined || (field === "satisfied" && objective.byMeasure)) continue;
    writeField(session, node, objective, field, values[field], isSaid);
    if (isProgress(field)) node.t.isProgressStale = false;
    else node.t.isObjectiveStale = false;
  }
  settleByMeasure(session, node, objective);
}

// Let the progress, its own or what it reads of it, decide whether an activity is completed, where it is to decide; shared
// objectives hear of it.
export function settleByProgress(session, node) {
  if (!node.threshold.completedByMeasure || !isTracked(node)) return;
  const completion = completedBy(node, amountOf(session, node));
  if (completion !== null) writeField(session, node, node.primary, "completion", completion, false);
}

// Let the measure, its own or the one that it reads, decide whether an objective is satisfied, where it is to decide; shared
// objectives hear of it.
export function settleByMeasure(session, node, objective) {
  if (!objective.byMeasure || !isTracked(node)) return;
  const measure = valueOf(session, node, objective, "measure");
  if (measure === null && node.t.objectives[objective.id].measure !== null) return;
  writeField(session, node, objective, "satisfied", satisfiedBy(node, objective, measure), false);
}

function makeChildrenStale(node) {
  for (const child of node.available) {
    if (node.control.useCurrentAttemptObjectiveInfo) child.t.isObjectiveStale = true;
    if (node.control.useCurrentAttemptProgressInfo) child.t.isProgressStale = true;
    makeChildrenStale(child);
  }
}

// A new attempt knows nothing; what the children knew before is stale unless the cluster's control mode lets it be used.
export function beginNewAttempt(node) {
  node.t.attempts += 1;
  node.t.said = {};
  node.t.isObjectiveStale = false;
  node.t.isProgressStale = false;
  node.t.objectives = freshObjectives(node);
  if (!isLeaf(node)) makeChildrenStale(node);
}

// What an activity and all shared objectives are before its content reports anything: what abandoning comes back to.
export function rememberBefore(session, node) {
  session.before = { node, globals: new Map(session.globals), t: structuredClone(node.t) };
}

// Nothing that content reported since it was delivered holds (abandon); what other activities shared stays as it is.
export function forgetAttempt(session, node) {
  const { before } = session;
  const { objectives, said } = before?.node === node ? before.t : freshTracking(node);
  Object.assign(node.t, { objectives: structuredClone(objectives), said: { ...said }, suspended: false });
  if (before?.node === node) session.globals = new Map(before.globals);
  session.touched = new Set();
}

// What session and tracking come to as plain data, and back: only what differs from a fresh tree, to keep it short.
export function saveSession(session) {
  const activities = {};
  for (const node of session.tree.nodes) {
    const saved = savedNode(node);
    if (Object.keys(saved).length) activities[node.id] = saved;
  }
  return {
    version: 1,
    current: session.current?.id ?? null,
    suspended: session.suspended?.id ?? null,
    globals: Object.fromEntries([...session.globals].map(([id, fields]) => [id, knownIn(fields)])),
    activities,
  };
}

const knownIn = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

function savedNode(node) {
  const { t } = node;
  const saved = {};
  for (const flag of ["active", "suspended", "isObjectiveStale", "isProgressStale"]) if (t[flag]) saved[flag] = true;
  if (t.attempts) saved.attempts = t.attempts;
  if (Object.keys(t.said).length) saved.said = t.said;
  const objectives = Object.entries(t.objectives).map(([id, fields]) => [id, knownIn(fields)]);
  const known = objectives.filter(([, fields]) => Object.keys(fields).length);
  if (known.length) saved.objectives = Object.fromEntries(known);
  if (node.available.some((child, place) => child !== node.children[place]) || node.available.length !== node.children.length)
    saved.available = node.available.map((child) => child.id);
  return saved;
}

// What other packages and earlier attempts left in the shared objectives that this one has: it is newer than what was saved.
export function takeShared(session, objectives) {
  const targets = session.tree.nodes.flatMap((node) => node.objectives.flatMap(({ maps }) => maps.map(({ target }) => target)));
  for (const target of targets) {
    if (!Object.hasOwn(objectives, target)) continue;
    session.globals.set(target, { ...NOTHING_KNOWN, ...objectives[target] });
    session.touched.add(target); // whatever reads it is rolled up with the next one
  }
}

export function restoreSession(session, saved) {
  const { byId, nodes } = session.tree;
  session.current = byId.get(saved.current) ?? null;
  session.suspended = byId.get(saved.suspended) ?? null;
  session.globals = new Map(Object.entries(saved.globals ?? {}).map(([id, fields]) => [id, { ...NOTHING_KNOWN, ...fields }]));
  for (const node of nodes) {
    const { objectives = {}, available, ...flags } = saved.activities?.[node.id] ?? {};
    node.t = { ...freshTracking(node), ...flags };
    for (const [id, fields] of Object.entries(objectives)) if (node.t.objectives[id]) Object.assign(node.t.objectives[id], fields);
    node.available = available ? available.map((id) => byId.get(id)).filter(Boolean) : [...node.children];
  }
}
