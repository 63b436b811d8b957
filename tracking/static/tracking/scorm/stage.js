// The page on the content's host: it holds the run-time API that an item finds in its parent, the sequencer and the queue of
// commits, and talks with the site's page around it.

import { createApi12 } from "./api_12.js";
import { createApi2004, sharedStores } from "./api_2004.js";
import { CommitQueue, followPage } from "./commit_queue.js";
import { ItemFrame } from "./item_frame.js";
import { Itinerary } from "./itinerary.js";
import { ownStore, pageStore } from "./page_store.js";
import { Sequencer } from "./sequencer.js";
import { StageLife } from "./stage_life.js";
import { originsAbove, StageLink } from "./stage_link.js";
import { loadTables } from "./tables.js";

const ENGINES = {
  1.2: ["../../vendor/scorm/scorm12.mjs", "Scorm12API"],
  2004: ["../../vendor/scorm/scorm2004.mjs", "Scorm2004API"],
};

// Content looks for its interface from parent to parent, and would break at the site's page, which is not its to read: the
// search ends at the stage.
const page = window.parent;
window.parent = window;

const waiting = []; // what the page said before the stage stood
let life = null;
const link = new StageLink(hear);

function hear(message) {
  if (message.type === "begin") begin(message.data).catch((error) => fault("stage", error));
  else if (life) obey(message);
  else waiting.push(message);
}

function obey({ type, request, target }) {
  if (type === "navigate") life.navigate(request, target).catch((error) => fault("stage", error));
  else if (type === "leave") life.leave().catch((error) => fault("stage", error));
  else if (type === "commit-now") life.commitNow();
}

async function begin(given) {
  const is12 = given.standard === "1.2";
  const [path, name] = ENGINES[is12 ? "1.2" : 2004];
  const [tables, module] = await Promise.all([loadTables(given.standard), import(path).catch(() => ({}))]);
  const store = ownStore(globalThis) ?? pageStore(given.kept ?? {}, (key, text) => link.send({ type: "keep", key, text }));
  const queue = new CommitQueue({ commit: given.commit, attempt: given.attempt, lastSequence: given.lastSequence ?? -1, hear: heardOfQueue, store });
  const launch = queue.adopt(given);
  if (launch.state !== given.state) launch.shared = null; // what was left here is newer than what the server knows
  const sequencer = new (is12 ? Itinerary : Sequencer)(launch.outline, { state: launch.state, shared: launch.shared });
  const create = is12 ? createApi12 : createApi2004;
  life = new StageLife({
    launch, sequencer, queue,
    frame: new ItemFrame(document.getElementById("stage")),
    world: {
      makeBridge: (options) => create({ ...options, tables, Engine: module[name] ?? null }),
      storesOf: (bridge) => (is12 ? {} : sharedStores(bridge)),
      expose: (api) => expose(is12 ? "API" : "API_1484_11", api),
      uuid: () => crypto.randomUUID(),
      say: (message) => link.send(message),
      later: (work, ms) => setTimeout(work, ms),
    },
  });
  setInterval(() => life.commitNow(), launch.lowWaterMs || 30_000);
  addEventListener("pagehide", () => life.hide());
  addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? life.hide() : life.show()));
  followPage(queue);
  for (const message of waiting.splice(0)) obey(message);
}

// Content finds the interface of its own standard in its parent, and none else.
function expose(name, api) {
  if (api) Object.defineProperty(window, name, { value: api, configurable: true, enumerable: true });
  else delete window[name];
}

function heardOfQueue(word, detail) {
  if (word === "saved" || word === "waiting") link.send({ type: "saved", pending: detail.pending });
  else if (word === "refused") link.send({ type: "refused", code: detail.code, message: detail.answer?.message });
  else if (word === "fault") link.send({ type: "fault", code: detail.code, detail: String(detail.sequence ?? "") });
}

function fault(code, error) {
  link.send({ type: "fault", code, detail: String(error) });
}

link.open({
  parent: page,
  origins: originsAbove((document.documentElement.dataset.siteOrigins ?? "").split(" ").filter(Boolean), location.ancestorOrigins),
  listen: (type, work) => {
    addEventListener(type, work);
    return () => removeEventListener(type, work);
  },
});
