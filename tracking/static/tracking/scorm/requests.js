// Sequencing requests (SN 4th Ed., SB.2.5–SB.2.13). Each gives {target}, {exception}, {isEnd: true} or, for exit, nothing at all.
// None changes the session, but for a choice that leads into a cluster out of which nothing can be delivered: see `stranded`.

import { isHiddenFromChoice } from "./conditions.js";
import { BACKWARD, choiceActivityTraversal, choiceFlow, flow, FORWARD } from "./flow.js";
import { presentOnly } from "./tracking.js";
import { commonAncestor, isAfter, isLeaf, isReachable, isWithin, pathFromRoot, pathToRoot } from "./tree.js";

const asRequest = ({ next, isDeliverable, exception, isEnd }) => (isDeliverable ? { target: next } : { exception, isEnd });

function start(session) {
  if (session.current) return { exception: "SB.2.5-1" };
  const { root } = session.tree;
  return isLeaf(root) ? { target: root } : asRequest(flow(session, root, FORWARD, true));
}

function resumeAll(session) {
  if (session.current) return { exception: "SB.2.6-1" };
  return session.suspended ? { target: session.suspended } : { exception: "SB.2.6-2" };
}

function goOn(session) {
  if (!session.current) return { exception: "SB.2.7-1" };
  if (session.current.parent && !session.current.parent.control.flow) return { exception: "SB.2.7-2" };
  return asRequest(flow(session, session.current, FORWARD, false));
}

function goBack(session) {
  if (!session.current) return { exception: "SB.2.8-1" };
  if (session.current.parent && !session.current.parent.control.flow) return { exception: "SB.2.8-2" };
  return asRequest(flow(session, session.current, BACKWARD, false));
}

function retry(session) {
  const { current } = session;
  if (!current) return { exception: "SB.2.10-1" };
  if (current.t.active || current.t.suspended) return { exception: "SB.2.10-2" };
  if (isLeaf(current)) return { target: current };
  const found = presentOnly(session, () => flow(session, current, FORWARD, true));
  return found.isDeliverable ? { target: found.next } : { exception: "SB.2.10-3" };
}

function exit(session) {
  if (!session.current) return { exception: "SB.2.11-1" };
  if (session.current.t.active) return { exception: "SB.2.11-2" };
  return session.current.parent ? {} : { isEnd: true };
}

function jump(session, target) {
  if (!session.current) return { exception: "SB.2.13-1" };
  return target ? { target } : { exception: "SB.2.13-1" };
}

// From `ancestor` down to just above `target`.
function wayDown(ancestor, target) {
  return pathFromRoot(target).filter((node) => node !== target && isWithin(node, ancestor));
}

// From `node` up to just below `ancestor`.
function wayUp(node, ancestor) {
  return pathToRoot(node).filter((at) => at !== ancestor && isWithin(at, ancestor));
}

function exceptionOnWayDown(session, common, target, isForward) {
  for (const node of wayDown(common, target)) {
    const exception = isForward ? choiceActivityTraversal(session, node, FORWARD) : null;
    if (exception) return exception;
    if (!node.t.active && node !== common && node.choiceLimits.preventActivation) return "SB.2.9-6";
  }
  return null;
}

function exceptionAmongSiblings(session, current, target) {
  const { available } = target.parent;
  const direction = isAfter(target, current) ? FORWARD : BACKWARD;
  const [from, to] = [available.indexOf(current), available.indexOf(target)];
  const between = direction === FORWARD ? available.slice(from, to) : available.slice(to + 1, from + 1).reverse();
  for (const node of between) {
    const exception = choiceActivityTraversal(session, node, direction);
    if (exception) return exception;
  }
  return null;
}

function exceptionAcrossTree(session, current, target, common) {
  let constrained = null;
  for (const node of wayUp(current, common)) {
    if (!node.control.choiceExit) return "SB.2.9-7";
    if (!constrained && !isLeaf(node) && node.choiceLimits.constrainChoice) constrained = node;
  }
  if (constrained) {
    const considered = choiceFlow(constrained, isAfter(target, constrained) ? FORWARD : BACKWARD);
    if (!isWithin(target, considered) && target !== constrained) return "SB.2.9-8";
  }
  return exceptionOnWayDown(session, common, target, isAfter(target, current));
}

// Why the target may not be chosen from where the session stands, or null.
function exceptionOfChoice(session, target) {
  if (!isReachable(target)) return "SB.2.9-2";
  if (pathFromRoot(target).some((node) => isHiddenFromChoice(session, node))) return "SB.2.9-3";
  if (target.parent && !target.parent.control.choice) return "SB.2.9-4";
  const { current } = session;
  const common = current ? commonAncestor(current, target) : session.tree.root;
  if (current === target) return null;
  if (current?.parent && current.parent === target.parent) return exceptionAmongSiblings(session, current, target);
  if (!current || current === common) return exceptionOnWayDown(session, common, target, true);
  if (target === common) return wayUp(current, common).every((node) => node.control.choiceExit) ? null : "SB.2.9-7";
  return exceptionAcrossTree(session, current, target, common);
}

function choose(session, target) {
  if (!target) return { exception: "SB.2.9-1" };
  const exception = exceptionOfChoice(session, target);
  if (exception) return { exception };
  if (isLeaf(target)) return { target };
  const found = flow(session, target, FORWARD, true);
  if (found.isDeliverable) return { target: found.next };
  return { exception: "SB.2.9-9", stranded: target };
}

const REQUESTS = { start, resumeAll, continue: goOn, previous: goBack, choice: choose, retry, exit, jump };

// SB.2.12 Sequencing Request Process.
export function processSequencingRequest(session, name, target = null) {
  return REQUESTS[name] ? REQUESTS[name](session, target) : { exception: "SB.2.12-1" };
}
