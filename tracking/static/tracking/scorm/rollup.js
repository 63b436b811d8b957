// Rollup (SN 4th Ed., RB.1.1–RB.1.5): what a cluster's children come to.

import { evaluateConditions, isSkipped } from "./conditions.js";
import { amountOf, completedBy, measureOf, presentOnly, setObjective } from "./tracking.js";
import { isLeaf, isTracked, pathToRoot } from "./tree.js";

// A weighted mean in which what is unknown counts as nothing; null where nothing is known or nothing weighs.
function weigh(children, valueOf, weightOf) {
  let sum = 0;
  let counted = 0;
  let isAnyKnown = false;
  for (const child of children) {
    counted += weightOf(child);
    const value = valueOf(child);
    if (value === null) continue;
    isAnyKnown = true;
    sum += value * weightOf(child);
  }
  return isAnyKnown && counted > 0 ? round(sum / counted) : null;
}

// Sums of decimal fractions come back as such: 0.1 + 0.2 is 0.3, so that a threshold of 0.3 is met.
const round = (value) => Number(value.toFixed(10));

const trackedChildren = (node) => node.available.filter(isTracked);

// RB.1.1 a and b: Measure Rollup and Completion Measure Rollup Process.
function rollUpMeasures(session, node) {
  const children = trackedChildren(node);
  setObjective(session, node, node.primary, {
    measure: weigh(children, (child) => measureOf(session, child), (child) => child.rollup.measureWeight),
    progress: weigh(children, (child) => amountOf(session, child), (child) => Number(child.threshold.progressWeight)),
  });
}

const REQUIRED = {
  satisfied: "requiredForSatisfied", notSatisfied: "requiredForNotSatisfied",
  completed: "requiredForCompleted", incomplete: "requiredForIncomplete",
};

// RB.1.4.2 Check Child for Rollup Subprocess.
function counts(session, child, action) {
  const isOfObjective = action === "satisfied" || action === "notSatisfied";
  if (!(isOfObjective ? child.rollup.objectiveSatisfied : child.rollup.progressCompletion)) return false;
  const required = child.considerations[REQUIRED[action]];
  const { attempts, suspended } = child.t;
  if (required === "ifNotSuspended") return attempts > 0 && !suspended;
  if (required === "ifAttempted") return attempts > 0;
  if (required === "ifNotSkipped") return !isSkipped(session, child);
  return true;
}

const SETS = {
  all: (values) => values.every((value) => value === true),
  any: (values) => values.includes(true),
  none: (values) => values.every((value) => value === false),
  atLeastCount: (values, rule) => values.filter((value) => value === true).length >= rule.count,
  atLeastPercent: (values, rule) => values.length > 0 && values.filter((value) => value === true).length / values.length >= rule.percent,
};

// RB.1.4 Rollup Rule Check Subprocess: whether a rule with this action applies to the cluster. Of no children at all, what a
// rule of its own asks of all or none of them holds, as the process has it; the defaults say nothing then.
function applies(session, node, rules, action) {
  return rules.some((rule) => {
    if (rule.action !== action) return false;
    const children = trackedChildren(node).filter((child) => counts(session, child, action));
    const values = children.map((child) => evaluateConditions(session, child, rule));
    return (values.length > 0 || rule.isOwn) && (SETS[rule.set] ?? SETS.all)(values, rule);
  });
}

const defaultRule = (condition, action) => ({
  action, combination: "any", set: "all", conditions: [{ condition, isNot: false, objective: "", threshold: 0 }],
});
const DEFAULT_OBJECTIVE = [defaultRule("satisfied", "satisfied"), defaultRule("objectiveStatusKnown", "notSatisfied")];
const DEFAULT_PROGRESS = [defaultRule("completed", "completed"), defaultRule("activityProgressKnown", "incomplete")];

// What the rules with one of two actions say: the good one outweighs the bad one; null where none applies.
function verdict(session, node, good, bad, fallback) {
  const own = node.rollup.rules.filter((rule) => rule.action === good || rule.action === bad);
  const rules = own.length ? own : fallback;
  if (applies(session, node, rules, good)) return true;
  return applies(session, node, rules, bad) ? false : null;
}

// RB.1.2 Objective Rollup Process. By measure it follows from the measure (tracking.js); no rule that applies changes nothing.
function rollUpObjective(session, node) {
  if (node.primary.byMeasure) return;
  const satisfied = verdict(session, node, "satisfied", "notSatisfied", DEFAULT_OBJECTIVE);
  if (satisfied !== null) setObjective(session, node, node.primary, { satisfied });
}

// RB.1.3 Activity Progress Rollup Process.
function rollUpProgress(session, node) {
  if (node.threshold.completedByMeasure) {
    setObjective(session, node, node.primary, { completion: completedBy(node, amountOf(session, node)) });
    return;
  }
  const completion = verdict(session, node, "completed", "incomplete", DEFAULT_PROGRESS);
  if (completion !== null) setObjective(session, node, node.primary, { completion });
}

function rollUp(session, node) {
  if (isLeaf(node)) return;
  rollUpMeasures(session, node);
  rollUpObjective(session, node);
  rollUpProgress(session, node);
}

// Whether the activity reads one of the shared objectives into what its parent rolls up.
function reads(node, targets) {
  return node.primary.maps.some((map) => targets.has(map.target) && Object.values(map.read).some(Boolean));
}

// RB.1.5 Overall Rollup Process: from the activity to the root, and every cluster with a child that reads a shared objective
// which was written meanwhile, the deepest first.
export function rollUpAll(session, node) {
  const touched = session.touched ?? new Set();
  const waiting = new Set(pathToRoot(node));
  const done = new Set();
  for (;;) {
    for (const other of session.tree.nodes)
      if (other.parent && reads(other, touched)) for (const at of pathToRoot(other.parent)) if (!done.has(at)) waiting.add(at);
    const next = [...waiting].sort((one, two) => two.depth - one.depth || one.index - two.index)[0];
    if (!next) break;
    waiting.delete(next);
    done.add(next);
    presentOnly(session, () => rollUp(session, next));
  }
  session.touched = new Set();
}
