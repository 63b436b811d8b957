// SCORM 1.2 has no sequencing: items are opened from the table of contents or one after the other, as their prerequisites let
// them. The same face as Sequencer (sequencer.js), so that the stage drives both alike.

import { arePrerequisitesMet } from "./prerequisites.js";

const STATE_VERSION = 1;
const DONE = ["passed", "completed"];
const SETTLED = [...DONE, "failed"];

function flatten(activity, parent, depth, nodes) {
  const node = { id: activity.id, title: activity.title ?? "", item: activity, launch: activity.launch ?? null, parent, depth, children: [] };
  nodes.push(node);
  node.children = (activity.children ?? []).map((child) => flatten(child, node, depth + 1, nodes));
  return node;
}

// What can be opened may have items of its own below it in 1.2.
const canOpen = (node) => node.launch !== null;
function opened(node) {
  return [...(canOpen(node) ? [node] : []), ...node.children.flatMap(opened)];
}

const isShown = (node) => (node.item.isVisible ?? true) && (!node.parent || isShown(node.parent));

// A block is done when all below it is: failed where some of it is, passed where some of it was passed, else completed.
function statusOfMany(statuses) {
  if (statuses.every((status) => status === "not attempted")) return "not attempted";
  if (!statuses.every((status) => SETTLED.includes(status))) return "incomplete";
  return ["failed", "passed"].find((status) => statuses.includes(status)) ?? "completed";
}

const fresh = () => ({ status: "not attempted", scaled: null, raw: null, min: null, max: null });

export class Itinerary {
  #nodes = [];
  #byId;
  #root;
  #current = null;
  #isActive = false;
  #hasEnded = false;
  #standings = {}; // id → {status, raw, …} of what was opened

  constructor(outline, { state = null } = {}) {
    this.#root = flatten(outline.root, null, 0, this.#nodes);
    this.#byId = new Map(this.#nodes.map((node) => [node.id, node]));
    if (state?.version === STATE_VERSION && state.items) this.#restore(state);
  }

  #restore(state) {
    this.#standings = Object.fromEntries(Object.entries(state.items).filter(([id]) => this.#byId.has(id)));
    this.resumeAt = this.#byId.has(state.current) ? state.current : "";
  }

  get currentId() {
    return this.#current?.id ?? "";
  }

  get isSuspended() {
    return Boolean(this.resumeAt);
  }

  get isSingle() {
    return this.#leaves().length <= 1;
  }

  get hasEnded() {
    return this.#hasEnded;
  }

  launchOf(id) {
    return this.#byId.get(id)?.launch ?? null;
  }

  titleOf(id) {
    return this.#byId.get(id)?.title ?? "";
  }

  itemOf(id) {
    return this.#byId.get(id)?.item ?? null;
  }

  #leaves() {
    return this.#nodes.filter(canOpen);
  }

  #statusOf(id) {
    const node = this.#byId.get(id);
    if (!node) return undefined;
    const statuses = this.#demanded(node).map((one) => this.#ownStatus(one));
    return statuses.length === 1 ? statuses[0] : statusOfMany(statuses);
  }

  #ownStatus(node) {
    return (this.#standings[node.id] ?? fresh()).status;
  }

  // What a block asks for: an item that the table of contents hides counts once it was opened, but nobody is held to find it.
  #demanded(node) {
    const all = opened(node);
    const asked = all.filter((one) => isShown(one) || this.#ownStatus(one) !== "not attempted");
    return asked.length ? asked : all;
  }

  #isOpen(node) {
    const path = [];
    for (let at = node; at; at = at.parent) path.push(at);
    return path.every((at) => arePrerequisitesMet(at.item.prerequisites, (id) => this.#statusOf(id)));
  }

  // The next leaf in that direction which may be opened.
  #neighbour(step) {
    const leaves = this.#leaves();
    for (let place = leaves.indexOf(this.#current) + step; leaves[place] && this.#current; place += step)
      if (this.#isOpen(leaves[place])) return leaves[place];
    return null;
  }

  begin() {
    if (this.resumeAt) return this.navigate("resumeAll");
    return this.navigate("start");
  }

  mayAsk(name, target) {
    return this.#wished(name, target) !== undefined;
  }

  navigate(name, target) {
    const failed = (exception) => ({ delivered: null, isFresh: false, exception, isEnd: false });
    const wish = this.#wished(name, target);
    if (wish === undefined) return failed("not_available");
    this.#isActive = false;
    if (wish === null) return { ...failed(null), isEnd: this.#leave(name) };
    this.#current = wish;
    this.#isActive = true;
    this.#hasEnded = false;
    this.resumeAt = "";
    return { delivered: wish.id, isFresh: false, exception: null, isEnd: false };
  }

  // The leaf that is asked for; null: none, and this ends; undefined: that cannot be done.
  #wished(name, target) {
    if (name === "start") return this.isSingle ? this.#leaves()[0] : this.#leaves().find((node) => this.#isOpen(node));
    if (name === "resumeAll") return this.#byId.get(this.resumeAt) ?? this.#wished("start");
    if (name === "continue") return this.#neighbour(1) ?? undefined;
    if (name === "previous") return this.#neighbour(-1) ?? undefined;
    if (name === "choice" || name === "jump") return this.#chosen(this.#byId.get(target));
    return this.#current ? null : undefined;
  }

  #chosen(node) {
    if (!node) return undefined;
    const leaf = canOpen(node) ? node : this.#leaves().find((one) => this.#isBelow(one, node) && this.#isOpen(one));
    return leaf && this.#isOpen(leaf) ? leaf : undefined;
  }

  #isBelow(node, ancestor) {
    for (let at = node; at; at = at.parent) if (at === ancestor) return true;
    return false;
  }

  // Leaving the package suspends it: an attempt in 1.2 is over when all of it is done.
  #leave(name) {
    if (name === "exit" || name === "abandon") return false;
    this.#hasEnded = name === "exitAll" && DONE.includes(this.#statusOf(this.#root.id));
    this.resumeAt = this.#hasEnded ? "" : this.currentId;
    return true;
  }

  report(id, { standing, status }) {
    const before = this.#standings[id] ?? fresh();
    const { scaled = null, raw = null, min = null, max = null } = standing ?? {};
    const known = status && status !== "" ? status : before.status;
    this.#standings[id] = { status: known, scaled, raw, min, max };
  }

  // An asset reports nothing: it is done once it was opened.
  reportAsset(id) {
    this.#standings[id] = { ...fresh(), status: "completed" };
  }

  suspendItem() {}

  objectivesOf() {
    return undefined;
  }

  requestValid() {
    return "unknown";
  }

  outline() {
    const can = {
      continue: this.#neighbour(1) !== null, previous: this.#neighbour(-1) !== null, exit: this.#isActive && !this.isSingle,
      exitAll: this.#current !== null, suspendAll: this.#current !== null, abandon: false, abandonAll: false,
    };
    const nodes = this.#nodes.filter((node) => node !== this.#root || canOpen(node));
    const items = nodes.map((node) => ({
      id: node.id, title: node.title, depth: Math.max(0, node.depth - 1), isLeaf: canOpen(node) || node.children.length === 0, isVisible: node.item.isVisible ?? true,
      isEnabled: this.#chosen(node) !== undefined, isCurrent: node === this.#current, ...this.#words(this.#statusOf(node.id)),
    }));
    return { items, can, hide: [] };
  }

  #words(status) {
    const completion = DONE.includes(status) || status === "failed" ? "completed" : status === "not attempted" ? "not attempted" : "incomplete";
    return { completion, success: status === "passed" || status === "failed" ? status : "unknown" };
  }

  standingOf(id) {
    const { scaled, raw, min, max } = this.#standings[id] ?? fresh();
    return { ...this.#words(this.#statusOf(id)), scaled, raw, min, max, progress: null };
  }

  // The package as a whole: done when every item is; its score that of its only scored item, or their mean.
  standing() {
    const leaves = this.#demanded(this.#root);
    const done = leaves.filter((node) => DONE.includes(this.#ownStatus(node))).length;
    const scored = leaves.map((node) => this.#standings[node.id]).filter((one) => one && one.raw !== null);
    const scaled = scored.map((one) => one.scaled).filter((value) => value !== null && value !== undefined);
    const score = scored.length === 1 ? scored[0] : fresh();
    return {
      ...this.#words(this.#statusOf(this.#root.id)),
      scaled: scaled.length ? Number((scaled.reduce((sum, value) => sum + value, 0) / scaled.length).toFixed(7)) : null,
      raw: score.raw, min: score.min, max: score.max, progress: leaves.length ? done / leaves.length : null,
    };
  }

  save() {
    return { version: STATE_VERSION, current: this.currentId || this.resumeAt || null, items: this.#standings };
  }
}
