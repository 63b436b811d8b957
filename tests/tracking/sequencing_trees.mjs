// Small packages for the tests of sequencing, and a learner who reports.
import { Sequencer } from "../../tracking/static/tracking/scorm/sequencer.js";

export function leaf(id, sequencing = null, more = {}) {
  return { id, title: id, isVisible: true, launch: { href: `${id}.html`, kind: "sco", resource: id }, sequencing, children: [], ...more };
}

export function cluster(id, sequencing, children, more = {}) {
  return { id, title: id, isVisible: true, launch: null, sequencing, children, ...more };
}

export function outlineOf(root, more = {}) {
  return { identifier: "M", standard: "2004-4", organization: root.id, objectivesGlobalToSystem: false, root, ...more };
}

export const FLOW = { controlMode: { flow: true } };
export const sequence = (root, options) => new Sequencer(outlineOf(root), options);
export const whenAlways = (action) => ({ action, conditions: [{ condition: "always" }] });
export const when = (action, condition, more = {}) => ({ action, conditions: [{ condition, ...more }] });
export const unless = (action, condition, more = {}) => when(action, condition, { operator: "not", ...more });

const STANDING = { completion: "unknown", success: "unknown", scaled: null, raw: null, min: null, max: null, progress: null };

// What content says before it is left.
export function says(sequencer, standing, { objectives = [], exit = "" } = {}) {
  const id = sequencer.currentId;
  const said = { completion: standing.completion !== undefined, satisfied: standing.success !== undefined };
  sequencer.report(id, { standing: { ...STANDING, ...standing }, objectives: objectives.map((one) => ({ ...STANDING, ...one })), said });
  sequencer.suspendItem(id, exit === "suspend");
}

// Ask, and name what came: the item, the exception, "end" or "nothing".
export function ask(sequencer, name, target) {
  const { delivered, exception, isEnd } = name === "begin" ? sequencer.begin() : sequencer.navigate(name, target);
  return delivered ?? exception ?? (isEnd ? "end" : "nothing");
}

// Ask for one thing after the other: "A continue:B" is what came of each.
export const walk = (sequencer, ...requests) => requests.map((request) => ask(sequencer, ...request.split(":")));

// What stands in the contents below the package itself.
const itemsIn = (sequencer) => sequencer.outline().items.filter(({ id }) => id !== "R");
export const enabledIn = (sequencer) => itemsIn(sequencer).filter(({ isEnabled }) => isEnabled).map(({ id }) => id);
export const visibleIn = (sequencer) => itemsIn(sequencer).filter(({ isVisible }) => isVisible).map(({ id }) => id);
export const completionOf = (sequencer, id) => sequencer.standingOf(id).completion;
export const successOf = (sequencer, id) => sequencer.standingOf(id).success;

// A source of chance that can be repeated: a linear congruential generator, 0 to 1.
export function chanceFrom(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
