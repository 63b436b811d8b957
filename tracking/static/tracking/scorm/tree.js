// The activity tree: what a package's outline says of its items, with the defaults of Sequencing & Navigation filled in.
// A node is plain data besides its links: `parent`, `children` (all), `available` (those selected, in their present order),
// `index` (its place in the tree, top down) and `t`, its tracking (tracking.js).

import { freshTracking } from "./tracking.js";

const CONTROL = {
  choice: true, choiceExit: true, flow: false, forwardOnly: false,
  useCurrentAttemptObjectiveInfo: true, useCurrentAttemptProgressInfo: true,
};
const DELIVERY = { tracked: true, completionSetByContent: false, objectiveSetByContent: false };
const RANDOMIZATION = { randomizationTiming: "never", selectCount: null, reorderChildren: false, selectionTiming: "never" };
const CHOICE_LIMITS = { preventActivation: false, constrainChoice: false };
const CONSIDERATIONS = {
  requiredForSatisfied: "always", requiredForNotSatisfied: "always",
  requiredForCompleted: "always", requiredForIncomplete: "always", measureSatisfactionIfActive: true,
};
const THRESHOLD = { completedByMeasure: false, minProgressMeasure: 1, progressWeight: 1 };

// Which members of a mapInfo read and write each field of an objective. The first two are of IMS Simple Sequencing, the
// others of ADL's extension; reading defaults to true and writing to false. The extension's are there all or none; where it
// maps what IMS's part does not, the outline says so of the first two.
export const FIELDS = {
  satisfied: ["readSatisfiedStatus", "writeSatisfiedStatus"],
  measure: ["readNormalizedMeasure", "writeNormalizedMeasure"],
  raw: ["readRawScore", "writeRawScore"],
  min: ["readMinScore", "writeMinScore"],
  max: ["readMaxScore", "writeMaxScore"],
  completion: ["readCompletionStatus", "writeCompletionStatus"],
  progress: ["readProgressMeasure", "writeProgressMeasure"],
};
const OF_IMS = ["satisfied", "measure"];

function mapOf(info) {
  const has = (field) => FIELDS[field].some((name) => info[name] !== undefined && info[name] !== null);
  const isAdl = Object.keys(FIELDS).some((field) => !OF_IMS.includes(field) && has(field));
  const map = { target: info.targetObjectiveID, read: {}, write: {} };
  for (const [field, [reads, writes]] of Object.entries(FIELDS)) {
    const isThere = isAdl || OF_IMS.includes(field);
    map.read[field] = isThere && (info[reads] ?? true);
    map.write[field] = isThere && (info[writes] ?? false);
  }
  return map;
}

function objectivesOf(list) {
  const objectives = (list ?? []).map((objective) => ({
    id: objective.objectiveID ?? "",
    isPrimary: Boolean(objective.isPrimary),
    byMeasure: Boolean(objective.satisfiedByMeasure),
    minMeasure: objective.minNormalizedMeasure ?? 1,
    maps: (objective.mapInfo ?? []).filter((info) => info.targetObjectiveID).map(mapOf),
  }));
  if (!objectives.some((objective) => objective.isPrimary))
    objectives.unshift({ id: "", isPrimary: true, byMeasure: false, minMeasure: 1, maps: [] });
  return objectives;
}

function rulesOf(rules, fallback) {
  return (rules ?? []).map((rule) => ({
    action: rule.action,
    combination: rule.conditionCombination ?? fallback,
    conditions: (rule.conditions ?? []).map((condition) => ({
      condition: condition.condition,
      isNot: condition.operator === "not",
      objective: condition.referencedObjective ?? "",
      threshold: Number(condition.measureThreshold ?? 0),
    })),
    set: rule.childActivitySet ?? "all",
    count: Number(rule.minimumCount ?? 0),
    percent: Number(rule.minimumPercent ?? 0),
  }));
}

const ownRules = (rules) => rulesOf(rules, "any").map((rule) => ({ ...rule, isOwn: true }));

function sequencingOf(activity) {
  const seq = activity.sequencing ?? {};
  const rules = seq.sequencingRules ?? {};
  const rollup = seq.rollupRules ?? {};
  return {
    control: { ...CONTROL, ...seq.controlMode },
    pre: rulesOf(rules.preConditionRules, "all"),
    exit: rulesOf(rules.exitConditionRules, "all"),
    post: rulesOf(rules.postConditionRules, "all"),
    attemptLimit: seq.limitConditions?.attemptLimit ?? null,
    durationLimit: seq.limitConditions?.attemptAbsoluteDurationLimit ?? "",
    rollup: {
      objectiveSatisfied: rollup.rollupObjectiveSatisfied ?? true,
      progressCompletion: rollup.rollupProgressCompletion ?? true,
      measureWeight: Number(rollup.objectiveMeasureWeight ?? 1),
      rules: ownRules(rollup.rules),
    },
    objectives: objectivesOf(seq.objectives),
    randomization: { ...RANDOMIZATION, ...seq.randomizationControls },
    delivery: { ...DELIVERY, ...seq.deliveryControls },
    choiceLimits: { ...CHOICE_LIMITS, ...seq.constrainedChoiceConsiderations },
    considerations: { ...CONSIDERATIONS, ...seq.rollupConsiderations },
    threshold: { ...THRESHOLD, ...activity.completionThreshold },
  };
}

// An item without a resource and without items below it can never be delivered, and nothing would flow past it.
function hasContent(activity) {
  return Boolean(activity.launch) || (activity.children ?? []).some(hasContent);
}

function nodeOf(activity, parent, depth, nodes) {
  const node = {
    id: activity.id, title: activity.title ?? "", isVisible: activity.isVisible ?? true, launch: activity.launch ?? null,
    item: activity, parent, depth, index: nodes.length, children: [], available: [], ...sequencingOf(activity),
  };
  node.primary = node.objectives.find((objective) => objective.isPrimary);
  nodes.push(node);
  node.children = (activity.children ?? []).filter(hasContent).map((child) => nodeOf(child, node, depth + 1, nodes));
  node.available = [...node.children];
  node.t = freshTracking(node);
  return node;
}

// {root, nodes (top down), byId, globalToSystem} of an outline.
export function buildTree(outline) {
  const nodes = [];
  const root = nodeOf(outline.root, null, 0, nodes);
  return { root, nodes, byId: new Map(nodes.map((node) => [node.id, node])), globalToSystem: outline.objectivesGlobalToSystem ?? true };
}

export const isLeaf = (node) => node.children.length === 0;
export const isTracked = (node) => node.delivery.tracked;

// From the node up to the root, both included.
export function pathToRoot(node) {
  const path = [];
  for (let at = node; at; at = at.parent) path.push(at);
  return path;
}

export const pathFromRoot = (node) => pathToRoot(node).reverse();

export function commonAncestor(one, other) {
  const ancestors = new Set(pathToRoot(one));
  return pathToRoot(other).find((node) => ancestors.has(node));
}

// Whether the node is the ancestor or lies below it.
export function isWithin(node, ancestor) {
  return pathToRoot(node).includes(ancestor);
}

// Whether each step from the root down to the node goes to a child that is available.
export function isReachable(node) {
  return pathToRoot(node).every((at) => !at.parent || at.parent.available.includes(at));
}

const placeIn = (node) => node.parent.available.indexOf(node);

// Whether `node` comes after `other` in the present order of the tree, top down.
export function isAfter(node, other) {
  const one = pathFromRoot(node);
  const two = pathFromRoot(other);
  let depth = 0;
  while (depth < one.length && depth < two.length && one[depth] === two[depth]) depth += 1;
  if (depth === two.length) return one.length > two.length;
  if (depth === one.length) return false;
  return placeIn(one[depth]) > placeIn(two[depth]);
}
