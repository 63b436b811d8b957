// What could be asked for now: evaluated on the present state, with the attempt on the current item tentatively ended, and
// everything put back afterwards. Continue is offered wherever the cluster flows: what the item reports when it is left may
// open the way, and walking off the tree ends the session, as it should.

import { endAttempt } from "./attempts.js";
import { isHiddenFromChoice } from "./conditions.js";
import { exceptionOfDelivery, processNavigationRequest } from "./navigation.js";
import { processSequencingRequest } from "./requests.js";
import { rollUpAll } from "./rollup.js";
import { isCompleted, isSatisfied, measureOf, presentOnly, restoreSession, saveSession, valueOf } from "./tracking.js";
import { isLeaf, pathToRoot } from "./tree.js";

const isValid = (session, name, target) => !processNavigationRequest(session, name, target).exception;

// Do something on the present state and forget what it did.
export function tentatively(session, work) {
  const saved = saveSession(session);
  const { touched, freshLeaf, random } = session;
  session.touched = new Set(touched);
  session.random = () => 0;
  try {
    return work();
  } finally {
    restoreSession(session, saved);
    Object.assign(session, { touched, freshLeaf, random });
  }
}

function leadsSomewhere(session, name, target = null) {
  const found = processSequencingRequest(session, name, target);
  return Boolean(found.target) && exceptionOfDelivery(session, found.target) === null;
}

function withItemEnded(session, work) {
  return tentatively(session, () => {
    const { current } = session;
    if (current?.t.active) endAttempt(session, current);
    return work();
  });
}

// {continue, previous, choice: Set of ids, jump: Set of ids} and the requests that end something, each true or false.
export function validRequests(session) {
  const { nodes } = session.tree;
  const choosable = nodes.filter((node) => isValid(session, "choice", node));
  const jumpable = nodes.filter((node) => isLeaf(node) && isValid(session, "jump", node));
  const ids = (list) => new Set(list.map((node) => node.id));
  const can = Object.fromEntries(
    ["continue", "previous", "exit", "exitAll", "suspendAll", "abandon", "abandonAll"].map((name) => [name, isValid(session, name)]),
  );
  const within = withItemEnded(session, () => ({
    previous: can.previous && leadsSomewhere(session, "previous"),
    choice: ids(choosable.filter((node) => leadsSomewhere(session, "choice", node))),
    jump: ids(jumpable.filter((node) => exceptionOfDelivery(session, node) === null)),
  }));
  return { ...can, ...within };
}

// What must lead to an item; continue may lead out of the package, and the others end something.
const LEADING = ["previous", "choice", "jump"];

// Whether one request would succeed, for content that asks.
export function isRequestValid(session, name, target) {
  const node = target === undefined ? null : session.tree.byId.get(target) ?? null;
  if (!isValid(session, name, node)) return false;
  if (!LEADING.includes(name)) return true;
  if (name === "jump") return isLeaf(node) && withItemEnded(session, () => exceptionOfDelivery(session, node) === null);
  return withItemEnded(session, () => leadsSomewhere(session, name, node));
}

const COMPLETION = new Map([[true, "completed"], [false, "incomplete"], [null, "unknown"]]);
const SUCCESS = new Map([[true, "passed"], [false, "failed"], [null, "unknown"]]);

// What an activity comes to in the present attempt, in the words of the data model.
export const standingOf = (session, node) => presentOnly(session, () => wordsOf(session, node));

function wordsOf(session, node) {
  const of = (field) => valueOf(session, node, node.primary, field);
  return {
    completion: COMPLETION.get(isCompleted(session, node)), success: SUCCESS.get(isSatisfied(session, node)),
    scaled: measureOf(session, node), raw: of("raw"), min: of("min"), max: of("max"), progress: of("progress"),
  };
}

// What the package as a whole would come to, were the learner to leave now.
export function tentativeStanding(session) {
  return tentatively(session, () => {
    if (session.current) rollUpAll(session, session.current);
    return standingOf(session, session.tree.root);
  });
}

function* availableNodes(node) {
  yield node;
  for (const child of node.available) yield* availableNodes(child);
}

// The root stands in the table of contents where it can be chosen as the other clusters can: it flows to what is first in it.
const standsInContents = (root) => isLeaf(root) || (root.control.flow && root.available.length > 1);

// The table of contents in its present order.
export function contentsOf(session, choosable) {
  const { root } = session.tree;
  const isRootShown = standsInContents(root);
  const nodes = [...availableNodes(root)].filter((node) => node !== root || isRootShown);
  return nodes.map((node) => {
    const { completion, success } = standingOf(session, node);
    return {
      id: node.id, title: node.title, depth: isRootShown ? node.depth : node.depth - 1, isLeaf: isLeaf(node),
      isVisible: node.isVisible && !pathToRoot(node).some((at) => isHiddenFromChoice(session, at)),
      isEnabled: choosable.has(node.id), isCurrent: session.current === node, completion, success,
    };
  });
}
