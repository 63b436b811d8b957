// The sequencer of SCORM 2004 for one package and one learner: what stage.js drives. Plain data in and out, no document.
//
//   const sequencer = new Sequencer(outline, { state, shared, random });   shared: {objectives} that are the system's
//   sequencer.navigate("start")         → { delivered: id|null, isFresh, exception: code|null, isEnd }
//   sequencer.report(id, {standing, objectives, said})   what the item has reported so far: see runtime_data.js
//   sequencer.suspendItem(id, isSuspended)   what cmi.exit says at the end of a run
//   sequencer.requestValid("choice", "ID") → "true" | "false" | "unknown"
//   sequencer.outline() / .standing() / .save() / .currentId / .hasEnded / .isSuspended

import { prepareClusters } from "./attempts.js";
import { contentsOf, isRequestValid, standingOf, tentativeStanding, validRequests } from "./lookahead.js";
import { processNavigationRequest, processRequest } from "./navigation.js";
import { initialObjectives, takeReported } from "./runtime_data.js";
import { restoreSession, saveSession, takeShared } from "./tracking.js";
import { buildTree, isLeaf, isTracked } from "./tree.js";

const STATE_VERSION = 1;

export class Sequencer {
  #session;

  constructor(outline, { state = null, shared = null, random = Math.random } = {}) {
    const tree = buildTree(outline);
    this.#session = { tree, globals: new Map(), current: null, suspended: null, touched: new Set(), freshLeaf: null, random };
    if (state?.version === STATE_VERSION) this.#restore(state);
    else prepareClusters(this.#session);
    if (tree.globalToSystem) takeShared(this.#session, shared?.objectives ?? {});
  }

  // How often the package as a whole was begun.
  get attempt() {
    return this.#session.tree.root.t.attempts;
  }

  // A sitting that broke off in the middle of an item is taken up as one that was suspended. After an attempt that is over the
  // next one knows how often what was tried and what came of it, but no objectives that the package keeps for itself.
  #restore(state) {
    restoreSession(this.#session, state);
    if (this.hasEnded && !this.#session.tree.globalToSystem) this.#session.globals.clear();
    if (this.#session.current) processRequest(this.#session, "suspendAll");
    this.#session.current = null;
  }

  get currentId() {
    return this.#session.current?.id ?? "";
  }

  get isSuspended() {
    return this.#session.suspended !== null;
  }

  get isSingle() {
    return isLeaf(this.#session.tree.root);
  }

  // Whether the attempt on the package as a whole is over: begun, not under way, and not to be taken up again.
  get hasEnded() {
    const { root } = this.#session.tree;
    return root.t.attempts > 0 && !root.t.active && !root.t.suspended;
  }

  launchOf(id) {
    return this.#session.tree.byId.get(id)?.launch ?? null;
  }

  titleOf(id) {
    return this.#session.tree.byId.get(id)?.title ?? "";
  }

  itemOf(id) {
    return this.#session.tree.byId.get(id)?.item ?? null;
  }

  isTracked(id) {
    return isTracked(this.#session.tree.byId.get(id));
  }

  // Ask for something. `isFresh`: what is delivered begins a new attempt, so nothing of an earlier one is its own.
  navigate(name, target) {
    const session = this.#session;
    session.freshLeaf = null;
    const node = target === undefined ? null : session.tree.byId.get(target) ?? null;
    const { delivered, exception, isEnd } = processRequest(session, name, node);
    return {
      delivered: delivered?.id ?? null, isFresh: delivered !== null && session.freshLeaf === delivered.id,
      exception, isEnd: Boolean(isEnd),
    };
  }

  // Whether a request is one at all where the session stands (NB.2.1); it may still lead nowhere.
  mayAsk(name, target) {
    return !processNavigationRequest(this.#session, name, target === undefined ? null : this.#session.tree.byId.get(target)).exception;
  }

  // A new sitting: what was suspended is taken up, or the package begins; several items without flow wait for a choice. Where
  // no item was under way when the package was left, there is nothing to take up but the package.
  begin() {
    const { suspended } = this.#session;
    return this.navigate(suspended && isLeaf(suspended) ? "resumeAll" : "start");
  }

  report(id, reported) {
    const node = this.#session.tree.byId.get(id);
    if (node?.t.active) takeReported(this.#session, node, reported);
  }

  suspendItem(id, isSuspended) {
    const node = this.#session.tree.byId.get(id);
    if (node?.t.active) node.t.suspended = isSuspended;
  }

  // The item's objectives as they stand at the beginning of a run.
  objectivesOf(id) {
    return initialObjectives(this.#session, this.#session.tree.byId.get(id));
  }

  requestValid(name, target) {
    if (!this.#session.current) return "unknown";
    return String(isRequestValid(this.#session, name, target));
  }

  // {items, can, hide} as the page shows them. An item hides the page's buttons as long as it is there itself.
  outline() {
    const { current } = this.#session;
    const { choice, jump, ...can } = validRequests(this.#session);
    return { items: contentsOf(this.#session, choice), can, hide: (current?.t.active && current.item.hideLmsUi) || [] };
  }

  standingOf(id) {
    return standingOf(this.#session, this.#session.tree.byId.get(id));
  }

  standing() {
    return tentativeStanding(this.#session);
  }

  save() {
    return saveSession(this.#session);
  }
}
