// How attempts begin and end (SN 4th Ed., UP.3, UP.4, DB.2, DB.2.1, SR.1, SR.2).

import { rollUpAll } from "./rollup.js";
import { beginNewAttempt, isCompleted, isSatisfied, rememberBefore, setObjective, settleByMeasure, settleByProgress } from "./tracking.js";
import { commonAncestor, isLeaf, isTracked, isWithin, pathFromRoot, pathToRoot } from "./tree.js";

// SR.1 Select Children Process. The children keep their order. To select none is not to select.
function selectChildren(session, node) {
  const count = Number(node.randomization.selectCount ?? 0);
  if (!(count > 0)) return;
  const places = shuffle(session, node.children.map((child, place) => place)).slice(0, count);
  node.available = node.children.filter((child, place) => places.includes(place));
}

// SR.2 Randomize Children Process.
function randomizeChildren(session, node) {
  if (node.randomization.reorderChildren) node.available = shuffle(session, node.available);
}

function shuffle(session, items) {
  const rest = [...items];
  return items.map(() => rest.splice(Math.floor(session.random() * rest.length), 1)[0]);
}

// Select and order the children of every cluster before its first attempt.
export function prepareClusters(session) {
  for (const node of session.tree.nodes) {
    if (node.randomization.selectionTiming !== "never") selectChildren(session, node);
    if (node.randomization.randomizationTiming !== "never") randomizeChildren(session, node);
  }
}

function prepareNextAttempt(session, node) {
  if (node.randomization.selectionTiming === "onEachNewAttempt") selectChildren(session, node);
  if (node.randomization.randomizationTiming === "onEachNewAttempt") randomizeChildren(session, node);
}

// What the sequencer says of a leaf of which nothing is known, neither from its content nor from a shared objective.
function settleLeaf(session, node) {
  if (!isTracked(node) || node.t.suspended) return;
  if (!node.delivery.completionSetByContent && !node.t.said.completion && isCompleted(session, node) === null)
    setObjective(session, node, node.primary, { completion: true });
  if (!node.delivery.objectiveSetByContent && !node.t.said.satisfied && isSatisfied(session, node) === null)
    setObjective(session, node, node.primary, { satisfied: true });
}

// UP.4 End Attempt Process.
export function endAttempt(session, node) {
  const wasActive = node.t.active;
  if (isLeaf(node)) settleLeaf(session, node);
  else node.t.suspended = node.available.some((child) => child.t.suspended);
  node.t.active = false;
  for (const objective of node.objectives) settleByMeasure(session, node, objective);
  settleByProgress(session, node);
  rollUpAll(session, node);
  if (!isLeaf(node) && wasActive && !node.t.suspended) prepareNextAttempt(session, node);
}

// UP.3 Terminate Descendent Attempts Process: of the clusters strictly between the current activity and the common ancestor.
export function terminateDescendants(session, node) {
  if (!session.current) return;
  const common = commonAncestor(session.current, node);
  for (const at of pathToRoot(session.current).slice(1)) {
    if (isWithin(common, at)) break;
    endAttempt(session, at);
  }
}

// DB.2.1 Clear Suspended Activity Subprocess. The common ancestor goes on with the attempt that was suspended.
function clearSuspended(session, node) {
  const suspended = session.suspended;
  if (!suspended) return;
  const common = commonAncestor(node, suspended);
  for (const at of pathToRoot(suspended)) {
    if (at === common) break;
    if (isLeaf(at) || !at.available.some((child) => child.t.suspended)) at.t.suspended = false;
  }
  session.suspended = null;
}

// DB.2 Content Delivery Environment Process. Returns an exception, or null once the activity is the current one.
export function deliver(session, node) {
  if (session.current?.t.active) return "DB.2-1";
  if (session.suspended !== node) clearSuspended(session, node);
  terminateDescendants(session, node);
  for (const at of pathFromRoot(node)) {
    if (at.t.active) continue;
    if (!at.t.suspended) beginAttempt(session, at);
    at.t.suspended = false;
    at.t.active = true;
  }
  session.current = node;
  session.suspended = null;
  rememberBefore(session, node);
  return null;
}

function beginAttempt(session, node) {
  const isNewRun = node === session.tree.root && node.t.attempts > 0 && !session.tree.globalToSystem;
  if (isNewRun) session.globals.clear(); // shared objectives of this package live as long as an attempt on its root
  if (isTracked(node)) beginNewAttempt(node);
  if (isLeaf(node)) session.freshLeaf = node.id;
}
