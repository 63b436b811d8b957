// Sequencing rules and their conditions (SN 4th Ed., UP.2, UP.2.1; RB.1.4.1). A condition is true, false or unknown (null).

import { isCompleted, isSatisfied, measureOf } from "./tracking.js";
import { isTracked } from "./tree.js";

const not = (value) => (value === null ? null : !value);

// "all": false where one is false, else unknown where one is unknown; "any" the other way round. Nothing at all is unknown.
export function combine(values, combination) {
  if (values.length === 0) return null;
  const decisive = combination === "any";
  if (values.includes(decisive)) return decisive;
  return values.includes(null) ? null : !decisive;
}

// Of an activity that is not tracked nothing is known, whatever others share with it.
const known = (read) => (session, node, objective) => (isTracked(node) ? read(session, node, objective) : null);
const satisfaction = known(isSatisfied);
const measure = known(measureOf);
const completion = known(isCompleted);

const compare = (value, isTrue) => (value === null ? null : isTrue(value));

const TESTS = {
  satisfied: satisfaction,
  objectiveStatusKnown: (...of) => satisfaction(...of) !== null,
  objectiveMeasureKnown: (...of) => measure(...of) !== null,
  objectiveMeasureGreaterThan: (session, node, objective, { threshold }) =>
    compare(measure(session, node, objective), (value) => value > threshold),
  objectiveMeasureLessThan: (session, node, objective, { threshold }) =>
    compare(measure(session, node, objective), (value) => value < threshold),
  completed: completion,
  activityProgressKnown: (...of) => completion(...of) !== null,
  attempted: (session, node) => node.t.attempts > 0,
  attemptLimitExceeded: (session, node) => isLimitReached(node),
  timeLimitExceeded: () => false, // no limits of time are kept (optional in SCORM 2004)
  outsideAvailableTimeRange: () => false,
  always: () => true,
  never: () => false,
};

// Limit Condition Attempt Limit, for an activity that is tracked.
export function isLimitReached(node) {
  return node.attemptLimit !== null && node.t.attempts >= node.attemptLimit;
}

function objectiveFor(node, id) {
  if (!id) return node.primary;
  return node.objectives.find((objective) => objective.id === id) ?? null;
}

function evaluate(session, node, condition) {
  const test = TESTS[condition.condition];
  const objective = objectiveFor(node, condition.objective);
  if (!test || !objective) return null;
  const value = test(session, node, objective, condition);
  return condition.isNot ? not(value) : value;
}

// Whether the conditions of a rule come to true for the activity, to false, or to neither.
export function evaluateConditions(session, node, rule) {
  return combine(rule.conditions.map((condition) => evaluate(session, node, condition)), rule.combination);
}

// UP.2 Sequencing Rules Check Process: the action of the first rule that applies among those with such an action, or null.
export function checkRules(session, node, rules, actions) {
  for (const rule of rules)
    if (actions.includes(rule.action) && evaluateConditions(session, node, rule) === true) return rule.action;
  return null;
}

export const isSkipped = (session, node) => checkRules(session, node, node.pre, ["skip", "skipped"]) !== null;
export const isHiddenFromChoice = (session, node) => checkRules(session, node, node.pre, ["hiddenFromChoice"]) !== null;
export const stopsForward = (session, node) => checkRules(session, node, node.pre, ["stopForwardTraversal"]) !== null;

// UP.5 Check Activity Process with UP.1 Limit Conditions Check Process: whether the activity may not be delivered now.
export function isBarred(session, node) {
  if (checkRules(session, node, node.pre, ["disabled"]) !== null) return true;
  if (!isTracked(node) || node.t.active || node.t.suspended) return false;
  return isLimitReached(node);
}
