// Navigation and termination requests, delivery, and the loop over them (SN 4th Ed., NB.2.1, TB.2.1–TB.2.3, DB.1.1, OP.1).

import { deliver, endAttempt, terminateDescendants } from "./attempts.js";
import { checkRules, isBarred } from "./conditions.js";
import { rollUpAll } from "./rollup.js";
import { processSequencingRequest } from "./requests.js";
import { forgetAttempt } from "./tracking.js";
import { commonAncestor, isLeaf, pathFromRoot, pathToRoot } from "./tree.js";

// The current activity's own choiceExit holds whatever is chosen, a sibling too. The common ancestor does not end by a choice,
// so its choiceExit says nothing here.
function isKeptIn(current, target) {
  if (current.t.active && !current.control.choiceExit) return true;
  if (current === target || (current.parent && current.parent === target.parent)) return false;
  const common = commonAncestor(current, target);
  const exited = pathToRoot(current).slice(0, pathToRoot(current).indexOf(common));
  return exited.some((node) => node.t.active && !node.control.choiceExit);
}

const exitFirst = (current, request) => ({ termination: current.t.active ? "exit" : null, request });

const VALIDITY = {
  start: ({ current }) => (current ? { exception: "NB.2.1-1" } : { request: "start" }),
  resumeAll({ current, suspended }) {
    if (current) return { exception: "NB.2.1-1" };
    return suspended ? { request: "resumeAll" } : { exception: "NB.2.1-3" };
  },
  continue({ current }) {
    if (!current) return { exception: "NB.2.1-2" };
    return current.parent?.control.flow ? exitFirst(current, "continue") : { exception: "NB.2.1-4" };
  },
  previous({ current }) {
    if (!current) return { exception: "NB.2.1-2" };
    const control = current.parent?.control;
    return control?.flow && !control.forwardOnly ? exitFirst(current, "previous") : { exception: "NB.2.1-5" };
  },
  choice({ current }, target) {
    if (!target) return { exception: "NB.2.1-11" };
    if (target.parent && !target.parent.control.choice) return { exception: "NB.2.1-10" };
    if (!current) return { request: "choice" };
    return isKeptIn(current, target) ? { exception: "NB.2.1-8" } : exitFirst(current, "choice");
  },
  jump({ current }, target) {
    if (!target || !current) return { exception: current ? "NB.2.1-11" : "NB.2.1-2" };
    if (target.parent && !target.parent.available.includes(target)) return { exception: "NB.2.1-11" };
    return exitFirst(current, "jump");
  },
  exit: (session) => endingOne(session, "exit"),
  abandon: (session) => endingOne(session, "abandon"),
  exitAll: (session) => endingAll(session, "exitAll"),
  abandonAll: (session) => endingAll(session, "abandonAll"),
  suspendAll: (session) => endingAll(session, "suspendAll"),
};

function endingOne({ current }, termination) {
  if (!current) return { exception: "NB.2.1-2" };
  return current.t.active ? { termination, request: "exit" } : { exception: "NB.2.1-12" };
}

const endingAll = ({ current }, termination) => (current ? { termination, request: "exit" } : { exception: "NB.2.1-2" });

// NB.2.1 Navigation Request Process: {termination, request} or {exception}.
export function processNavigationRequest(session, name, target = null) {
  return VALIDITY[name] ? VALIDITY[name](session, target) : { exception: "NB.2.1-13" };
}

// TB.2.1 Sequencing Exit Action Rules Subprocess.
function applyExitRules(session) {
  const above = pathFromRoot(session.current).slice(0, -1);
  const exited = above.find((node) => checkRules(session, node, node.exit, ["exit"]) !== null);
  if (!exited) return;
  terminateDescendants(session, exited);
  endAttempt(session, exited);
  session.current = exited;
}

// TB.2.2 Sequencing Post Condition Rules Subprocess: what a rule of the current activity asks for instead, or null.
function postConditionOf(session) {
  const { current } = session;
  if (current.t.suspended) return null;
  return checkRules(session, current, current.post, ["retry", "continue", "previous", "exitParent", "exitAll", "retryAll"]);
}

function terminateByExit(session) {
  endAttempt(session, session.current);
  applyExitRules(session);
  for (;;) {
    const action = postConditionOf(session);
    if (action === "exitAll" || action === "retryAll") return terminateAll(session, action === "retryAll" ? "retry" : "exit");
    if (action === "exitParent") {
      if (!session.current.parent) return { exception: "TB.2.3-4" };
      session.current = session.current.parent;
      endAttempt(session, session.current);
      continue;
    }
    if (!session.current.parent && action !== "retry") return { request: "exit" };
    if (!session.current.parent) forgetOwnShared(session);
    return { request: action };
  }
}

function terminateAll(session, request) {
  const { root } = session.tree;
  if (session.current.t.active) endAttempt(session, session.current);
  terminateDescendants(session, root);
  if (session.current !== root || root.t.active) endAttempt(session, root);
  session.current = root;
  if (request === "retry") forgetOwnShared(session);
  return { request };
}

// Shared objectives of this package alone live as long as an attempt on its root, and a further one is about to begin.
function forgetOwnShared(session) {
  if (!session.tree.globalToSystem) session.globals.clear();
}

function terminateBySuspension(session) {
  const { current } = session;
  if (current.t.active || current.t.suspended) {
    rollUpAll(session, current);
    session.suspended = current;
  } else if (current.parent) session.suspended = current.parent;
  else return { exception: "TB.2.3-3" };
  for (const node of pathToRoot(session.suspended)) {
    node.t.active = false;
    node.t.suspended = true;
  }
  session.current = session.tree.root;
  return { request: "exit" };
}

function terminateByAbandoning(session, nodes) {
  forgetAttempt(session, session.current);
  for (const node of nodes) node.t.active = false;
  return { request: "exit" };
}

// TB.2.3 Termination Request Process: {request} (null: the one that waits) or {exception}.
function processTerminationRequest(session, name) {
  const { current } = session;
  if (!current) return { exception: "TB.2.3-1" };
  if ((name === "exit" || name === "abandon") && !current.t.active) return { exception: "TB.2.3-2" };
  if (name === "exit") return terminateByExit(session);
  if (name === "exitAll") return terminateAll(session, "exit");
  if (name === "suspendAll") return terminateBySuspension(session);
  if (name === "abandon") return terminateByAbandoning(session, [current]);
  const ended = terminateByAbandoning(session, pathToRoot(current));
  session.current = session.tree.root;
  return ended;
}

// DB.1.1 Delivery Request Process: an exception, or null.
export function exceptionOfDelivery(session, node) {
  if (!isLeaf(node)) return "DB.1.1-1";
  return pathToRoot(node).some((at) => isBarred(session, at)) ? "DB.1.1-3" : null;
}

function endSession(session) {
  const { root } = session.tree;
  if (session.current) terminateDescendants(session, root);
  if (root.t.active) endAttempt(session, root);
  session.current = null;
  return { delivered: null, exception: null, isEnd: true };
}

// A choice led into a cluster that delivers nothing: it becomes the current activity all the same (SB.2.9, step 14).
function strand(session, target) {
  const common = session.current ? commonAncestor(session.current, target) : session.tree.root;
  terminateDescendants(session, common);
  endAttempt(session, common);
  session.current = target;
}

// OP.1 Overall Sequencing Process, once: {delivered: node or null, exception: code or null, isEnd, termination}.
export function processRequest(session, name, target = null) {
  const failed = (exception) => ({ delivered: null, exception, isEnd: false });
  const asked = processNavigationRequest(session, name, target);
  if (asked.exception) return failed(asked.exception);
  let { request } = asked;
  if (asked.termination) {
    const ended = processTerminationRequest(session, asked.termination);
    if (ended.exception) return failed(ended.exception);
    request = ended.request ?? request;
  }
  const found = processSequencingRequest(session, request, target);
  if (found.stranded) strand(session, found.stranded);
  if (found.isEnd) return endSession(session);
  if (found.exception) return failed(found.exception);
  if (!found.target) return failed(null);
  const exception = exceptionOfDelivery(session, found.target) ?? deliver(session, found.target);
  return exception ? failed(exception) : { delivered: found.target, exception: null, isEnd: false };
}
