// Walking the activity tree (SN 4th Ed., SB.2.1–SB.2.4, SB.2.9.1, SB.2.9.2). Nothing here changes what is tracked.

import { isBarred, isSkipped, stopsForward } from "./conditions.js";
import { isLeaf } from "./tree.js";

export const FORWARD = "forward";
export const BACKWARD = "backward";

const nothing = (exception, isEnd = false) => ({ next: null, direction: null, exception, isEnd });
const lastOf = (nodes) => nodes[nodes.length - 1];

function siblingOf(node, step) {
  const { available } = node.parent;
  return available[available.indexOf(node) + step] ?? null;
}

function traverseForward(node, considersChildren) {
  if (!isLeaf(node) && considersChildren)
    return node.available.length ? { next: node.available[0], direction: FORWARD } : nothing("SB.2.1-2");
  if (!node.parent) return nothing(null, true); // walked off the tree: the session is over
  const next = siblingOf(node, 1);
  return next ? { next, direction: FORWARD } : traverseForward(node.parent, false);
}

function traverseBackward(node, considersChildren, isReversed) {
  if (!node.parent) return nothing("SB.2.1-3");
  if (!isLeaf(node) && considersChildren) {
    if (!node.available.length) return nothing("SB.2.1-2");
    if (node.control.forwardOnly) return { next: node.available[0], direction: FORWARD };
    return { next: lastOf(node.available), direction: BACKWARD };
  }
  if (!isReversed && node.parent.control.forwardOnly) return nothing("SB.2.1-4");
  const next = siblingOf(node, -1);
  return next ? { next, direction: BACKWARD } : traverseBackward(node.parent, false, false);
}

// SB.2.1 Flow Tree Traversal Subprocess.
function flowTreeTraversal(node, direction, considersChildren, previous = null) {
  if (previous === BACKWARD && node.parent && lastOf(node.parent.available) === node)
    return traverseBackward(node.parent.available[0], considersChildren, true);
  return direction === FORWARD ? traverseForward(node, considersChildren) : traverseBackward(node, considersChildren, false);
}

// SB.2.2 Flow Activity Traversal Subprocess.
function flowActivityTraversal(session, node, direction, previous = null) {
  const blocked = (exception, isEnd = false) => ({ next: node, isDeliverable: false, exception, isEnd });
  if (!node.parent.control.flow) return blocked("SB.2.2-1");
  if (isSkipped(session, node)) {
    const step = flowTreeTraversal(node, direction, false, previous);
    if (!step.next) return blocked(step.exception, step.isEnd);
    const turnsBack = previous === BACKWARD && step.direction === BACKWARD;
    return flowActivityTraversal(session, step.next, turnsBack ? BACKWARD : direction, turnsBack ? null : previous);
  }
  if (isBarred(session, node)) return blocked("SB.2.2-2");
  if (isLeaf(node)) return { next: node, isDeliverable: true, exception: null, isEnd: false };
  const step = flowTreeTraversal(node, direction, true);
  if (!step.next) return blocked(step.exception, step.isEnd);
  const turns = direction === BACKWARD && step.direction === FORWARD;
  return flowActivityTraversal(session, step.next, turns ? FORWARD : direction, turns ? BACKWARD : null);
}

// SB.2.3 Flow Subprocess: {next, isDeliverable, exception, isEnd}.
export function flow(session, node, direction, considersChildren) {
  const step = flowTreeTraversal(node, direction, considersChildren);
  if (!step.next) return { next: node, isDeliverable: false, exception: step.exception, isEnd: step.isEnd };
  return flowActivityTraversal(session, step.next, direction);
}

// SB.2.4 Choice Activity Traversal Subprocess: an exception, or null.
export function choiceActivityTraversal(session, node, direction) {
  if (direction === FORWARD) return stopsForward(session, node) ? "SB.2.4-1" : null;
  if (!node.parent) return "SB.2.4-3";
  return node.parent.control.forwardOnly ? "SB.2.4-2" : null;
}

// SB.2.9.1 Choice Flow Subprocess with SB.2.9.2 Choice Flow Tree Traversal Subprocess.
export function choiceFlow(node, direction) {
  for (let at = node; at.parent; at = at.parent) {
    const next = siblingOf(at, direction === FORWARD ? 1 : -1);
    if (next) return next;
  }
  return node;
}
