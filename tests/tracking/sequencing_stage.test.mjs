import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createApi12 } from "../../tracking/static/tracking/scorm/api_12.js";
import { createApi2004, sharedStores } from "../../tracking/static/tracking/scorm/api_2004.js";
import { sessionMs } from "../../tracking/static/tracking/scorm/item_run.js";
import { Itinerary } from "../../tracking/static/tracking/scorm/itinerary.js";
import { Sequencer } from "../../tracking/static/tracking/scorm/sequencer.js";
import { readRequest, StageLife } from "../../tracking/static/tracking/scorm/stage_life.js";
import { originsAbove, StageLink } from "../../tracking/static/tracking/scorm/stage_link.js";
import { cluster, FLOW, leaf, outlineOf, unless, when } from "./sequencing_trees.mjs";

const table = (name) => JSON.parse(readFileSync(new URL(`../../tracking/static/tracking/scorm/${name}`, import.meta.url)));
const TABLES = { 1.2: table("elements_12.json"), 2004: table("elements_2004.json") };

// A stage without a document: frames are names, commits and messages are kept, time passes by hand.
class Stage {
  commits = [];
  heard = [];
  shown = [];
  api = null;
  #later = [];
  #ids = 0;

  constructor(root, { standard = "2004-4", atUnload = () => {}, outline: about = {}, ...more } = {}) {
    const outline = outlineOf(root, { standard, ...about });
    const is12 = standard === "1.2";
    const launch = {
      standard, outline, fileBase: "http://c/f/", learner: { id: "7", name: "测试" }, mode: "normal", credit: "credit", state: null, activities: {}, ...more,
    };
    this.life = new StageLife({
      launch,
      sequencer: new (is12 ? Itinerary : Sequencer)(outline, { state: launch.state }),
      queue: { add: (commit) => Boolean(this.commits.push(structuredClone(commit))) },
      frame: {
        show: (url, _title, { onLoad }) => this.shown.push({ url, onLoad }),
        clear: async () => atUnload(this),
      },
      world: {
        makeBridge: (options) => (is12 ? createApi12 : createApi2004)({ ...options, tables: TABLES[is12 ? "1.2" : 2004], Engine: null }),
        storesOf: (bridge) => (is12 ? {} : sharedStores(bridge)),
        expose: (api) => (this.api = api),
        uuid: () => `launch-${(this.#ids += 1)}`,
        say: (message) => this.heard.push(structuredClone(message)),
        later: (work) => this.#later.push(work),
      },
    });
  }

  // Everything that was put off happens.
  async settle() {
    while (this.#later.length) await this.#later.shift()();
  }

  async ask(request, target) {
    await this.life.navigate(request, target);
    await this.settle();
  }

  last(type) {
    return this.heard.findLast((message) => message.type === type);
  }

  say(elements) {
    for (const [name, text] of Object.entries(elements)) assert.equal((this.api.SetValue ?? this.api.LMSSetValue)(name, text), "true", name);
  }
}

const two = () => cluster("R", FLOW, [leaf("A"), leaf("B")]);

test("a package of one item starts it at once and finds nothing but its own interface", async () => {
  const stage = new Stage(leaf("R"));
  await stage.ask("start");
  assert.deepEqual([stage.shown[0].url, Object.keys(stage.api).includes("Initialize")], ["http://c/f/R.html", true]);
  assert.deepEqual(stage.last("item"), { type: "item", id: "R", title: "R", state: "launching", isSco: true });
  stage.shown[0].onLoad();
  assert.equal(stage.last("item").state, "running");
  const [first] = stage.commits;
  assert.deepEqual([first.activity, first.launch, first.entry, first.last, first.current, first.elements], ["R", "launch-1", "ab-initio", false, "R", {}]);
});
test("where nothing flows the table of contents waits for a choice", async () => {
  const stage = new Stage(cluster("R", null, [leaf("A"), leaf("B")]));
  await stage.ask("start");
  assert.deepEqual([stage.last("item").state, stage.last("fault"), stage.last("outline").items.map(({ isEnabled }) => isEnabled)], ["none", undefined, [true, true]]);
  await stage.ask("choice", "B");
  assert.equal(stage.last("item").id, "B");
});
test("content that did not end is ended when the learner moves on, and its last words come before the next item", async () => {
  const stage = new Stage(two(), { atUnload: ({ api }) => api.SetValue("cmi.location", "7") });
  await stage.ask("start");
  stage.api.Initialize("");
  stage.say({ "cmi.completion_status": "completed", "cmi.success_status": "passed" });
  await stage.ask("continue");
  const [, ended, next] = stage.commits;
  assert.deepEqual([ended.activity, ended.last, ended.elements["cmi.location"]], ["A", true, "7"]);
  assert.deepEqual([next.activity, next.launch, next.current, next.state.activities.A.objectives[""].completion], ["B", "launch-2", "B", true]);
  assert.deepEqual(stage.last("outline").items.map(({ id, completion }) => `${id} ${completion}`), ["R unknown", "A completed", "B unknown"]);
});
test("what content asks for is done once its last call has returned", async () => {
  const stage = new Stage(two());
  await stage.ask("start");
  stage.api.Initialize("");
  assert.equal(stage.api.GetValue("adl.nav.request_valid.continue"), "true");
  assert.equal(stage.api.GetValue("adl.nav.request_valid.choice.{target=B}"), "true");
  assert.equal(stage.api.GetValue("adl.nav.request_valid.previous"), "false");
  stage.say({ "adl.nav.request": "{target=B}jump" });
  assert.equal(stage.api.Terminate(""), "true");
  assert.equal(stage.last("item").id, "A");
  await stage.settle();
  assert.equal(stage.last("item").id, "B");
});
test("without a wish content stays where it ended", async () => {
  const stage = new Stage(two());
  await stage.ask("start");
  stage.api.Initialize("");
  stage.api.Terminate("");
  await stage.settle();
  assert.deepEqual([stage.last("item").id, stage.last("item").state], ["A", "ended"]);
});
test("logging out leaves the package", async () => {
  const stage = new Stage(two());
  await stage.ask("start");
  stage.api.Initialize("");
  stage.say({ "cmi.exit": "logout" });
  stage.api.Terminate("");
  await stage.settle();
  assert.deepEqual([stage.last("ended"), stage.commits.at(-1).ended], [{ type: "ended", reason: "exitAll" }, "finished"]);
});
test("walking off the end finishes the attempt, and says what it came to", async () => {
  const stage = new Stage(cluster("R", FLOW, [leaf("A")]));
  await stage.ask("start");
  stage.api.Initialize("");
  stage.say({ "cmi.completion_status": "completed", "cmi.success_status": "passed", "cmi.score.scaled": "0.9" });
  await stage.ask("continue");
  const last = stage.commits.at(-1);
  assert.deepEqual([last.ended, last.suspended, last.last, last.rollup], ["finished", false, true, { completion: "completed", success: "passed", scaled: 0.9, raw: null, min: null, max: null, progress: null }]);
  assert.deepEqual([stage.last("ended").reason, stage.api], ["finished", null]);
});
test("suspending keeps everything for the next sitting", async () => {
  const stage = new Stage(two());
  await stage.ask("start");
  await stage.ask("continue");
  stage.api.Initialize("");
  stage.say({ "cmi.location": "3", "cmi.suspend_data": "x" });
  await stage.ask("suspendAll");
  const last = stage.commits.at(-1);
  assert.deepEqual([last.suspended, last.current, last.ended, stage.last("ended").reason], [true, "B", null, "suspendAll"]);
  const elements = Object.assign({}, ...stage.commits.filter(({ activity }) => activity === "B").map((commit) => commit.elements));
  const next = new Stage(two(), { state: last.state, isSuspended: true, activities: { B: { elements, totalTimeMs: 90_000, entry: "resume" } } });
  await next.ask("resumeAll");
  next.api.Initialize("");
  const values = ["cmi.entry", "cmi.location", "cmi.suspend_data", "cmi.total_time"].map((name) => next.api.GetValue(name));
  assert.deepEqual([next.last("item").id, next.commits[0].entry, ...values], ["B", "resume", "resume", "3", "x", "PT1M30S"]);
});
test("a new attempt at an item begins with nothing, one that was suspended with what it had", async () => {
  const stage = new Stage(two());
  await stage.ask("start");
  for (const [exit, entry, location] of [["suspend", "resume", "5"], ["normal", "ab-initio", ""]]) {
    stage.api.Initialize("");
    stage.say({ "cmi.location": "5", "cmi.exit": exit, "cmi.session_time": "PT1M" });
    await stage.ask("continue");
    await stage.ask("previous");
    stage.api.Initialize("");
    assert.deepEqual([stage.api.GetValue("cmi.entry"), stage.api.GetValue("cmi.location")], [entry, location]);
    await stage.ask("continue");
    await stage.ask("previous");
  }
});
test("a shared objective is there when the next item begins", async () => {
  const map = (reads) => [{ isPrimary: true, objectiveID: "own", mapInfo: [{ targetObjectiveID: "G", readSatisfiedStatus: reads, writeSatisfiedStatus: !reads }] }];
  const stage = new Stage(cluster("R", FLOW, [leaf("A", { objectives: map(false) }), leaf("B", { objectives: map(true) })]));
  await stage.ask("start");
  stage.api.Initialize("");
  stage.say({ "cmi.success_status": "passed" });
  await stage.ask("continue");
  stage.api.Initialize("");
  assert.deepEqual([stage.api.GetValue("cmi.objectives.0.id"), stage.api.GetValue("cmi.objectives.0.success_status")], ["own", "passed"]);
  assert.equal(stage.commits.at(-1).elements["cmi.objectives.0.id"], "own");
});
test("shared data goes from item to item and into the next sitting", async () => {
  const share = { sharedData: [{ targetId: "D", readSharedData: true, writeSharedData: true }] };
  const root = cluster("R", FLOW, [leaf("A", null, share), leaf("B", null, share)]);
  const stage = new Stage(root);
  await stage.ask("start");
  stage.api.Initialize("");
  stage.say({ "adl.data.0.store": "words" });
  await stage.ask("continue");
  stage.api.Initialize("");
  assert.equal(stage.api.GetValue("adl.data.0.store"), "words");
  assert.deepEqual(stage.commits.at(-1).state.stores, { D: "words" });
});
test("of shared data that is too much for a commit the smaller is kept", async () => {
  const targets = ["LARGE", "SMALL", "OTHER"].map((targetId) => ({ targetId, readSharedData: true, writeSharedData: true }));
  const stage = new Stage(cluster("R", FLOW, [leaf("A", null, { sharedData: targets }), leaf("B")]));
  await stage.ask("start");
  stage.api.Initialize("");
  stage.say({ "adl.data.0.store": "课".repeat(30_000), "adl.data.1.store": "few", "adl.data.2.store": "x".repeat(60_000) });
  await stage.ask("continue");
  const { stores } = stage.commits.at(-1).state;
  assert.deepEqual(Object.entries(stores).map(([target, text]) => [target, text.length]), [["SMALL", 3], ["OTHER", 60_000]]);
});
test("a request that leads nowhere says so, and the item is over all the same", async () => {
  const shut = { sequencingRules: { preConditionRules: [{ action: "disabled", conditions: [{ condition: "always" }] }] } };
  const stage = new Stage(cluster("R", FLOW, [leaf("A"), leaf("B", shut)]));
  await stage.ask("start");
  await stage.ask("continue");
  assert.deepEqual([stage.last("fault"), stage.last("item").state], [{ type: "fault", code: "blocked", detail: "SB.2.2-2" }, "none"]);
  await stage.ask("choice", "A");
  assert.equal(stage.last("item").id, "A");
});
test("a request that is none where the learner stands takes nothing away", async () => {
  const stage = new Stage(two());
  await stage.ask("start");
  await stage.ask("previous");
  await stage.ask("choice", "B");
  await stage.ask("choice", "NOWHERE");
  assert.deepEqual([stage.last("item").id, stage.last("fault").code, stage.shown.length], ["B", "blocked", 2]);
});
test("a post condition brings the item back as a new attempt", async () => {
  const again = { sequencingRules: { postConditionRules: [unless("retry", "satisfied")] } };
  const stage = new Stage(cluster("R", FLOW, [leaf("A", again), leaf("B")]));
  await stage.ask("start");
  stage.api.Initialize("");
  stage.say({ "cmi.success_status": "failed", "cmi.location": "9" });
  await stage.ask("continue");
  stage.api.Initialize("");
  assert.deepEqual([stage.last("item").id, stage.api.GetValue("cmi.location"), stage.commits.at(-1).entry], ["A", "", "ab-initio"]);
});
test("a page that goes commits what there is, once, and content may still say its last", async () => {
  const stage = new Stage(two());
  await stage.ask("start");
  stage.api.Initialize("");
  stage.say({ "cmi.location": "2" });
  stage.life.hide();
  stage.life.hide();
  assert.deepEqual([stage.commits.length, stage.commits[1].suspended, stage.commits[1].last, stage.commits[1].elements], [2, true, false, { "cmi.location": "2" }]);
  assert.equal(stage.api.Terminate(""), "true");
  assert.deepEqual([stage.commits[2].last, stage.commits[2].suspended, stage.commits[2].current], [true, true, "A"]);
});
test("a page that was only out of sight suspends nothing", async () => {
  const stage = new Stage(two());
  await stage.ask("start");
  stage.api.Initialize("");
  stage.life.hide();
  stage.life.show();
  stage.api.Terminate("");
  assert.equal(stage.commits.at(-1).suspended, false);
});
test("leaving ends the item as one to be gone on with, and tells the page nothing", async () => {
  const stage = new Stage(two());
  await stage.ask("start");
  stage.api.Initialize("");
  await stage.life.leave();
  await stage.settle();
  const last = stage.commits.at(-1);
  assert.deepEqual([stage.commits[1].elements["cmi.exit"], last.suspended, last.current, last.state.suspended, stage.last("ended")], ["suspend", true, "A", "A", undefined]);
});
test("an asset that says nothing is done once it was opened", async () => {
  const asset = (id) => ({ ...leaf(id), launch: { href: `${id}.pdf`, kind: "asset", resource: id } });
  const stage = new Stage(cluster("R", null, [asset("A"), leaf("B")]), { standard: "1.2" });
  await stage.ask("start");
  assert.equal(stage.last("item").isSco, false);
  await stage.ask("continue");
  assert.deepEqual(stage.last("outline").items.map(({ completion }) => completion), ["completed", "not attempted"]);
  assert.deepEqual(stage.commits.map(({ activity, last }) => [activity, last]), [["A", false], ["A", true], ["B", false]]);
  assert.equal(typeof stage.api.LMSInitialize, "function");
});
test("content that its manifest calls an asset is heard when it speaks all the same", async () => {
  const stage = new Stage(cluster("R", FLOW, [{ ...leaf("A"), launch: { href: "A.html", kind: "asset", resource: "A" } }, leaf("B")]));
  await stage.ask("start");
  assert.equal(stage.api.Initialize(""), "true");
  assert.equal(stage.last("item").isSco, true);
  stage.say({ "cmi.completion_status": "incomplete", "cmi.success_status": "failed", "adl.nav.request": "continue" });
  assert.equal(stage.api.Terminate(""), "true");
  await stage.settle();
  assert.deepEqual(stage.last("outline").items.map(({ id, success }) => `${id} ${success}`), ["R unknown", "A failed", "B unknown"]);
});
test("content that was to go on, and was left before it spoke, is still to go on", async () => {
  for (const standard of ["2004-4", "1.2"]) {
    const exit = standard === "1.2" ? "cmi.core.exit" : "cmi.exit";
    const stage = new Stage(two(), { standard });
    await stage.ask("start");
    const begin = () => (stage.api.Initialize ?? stage.api.LMSInitialize)("");
    const get = (name) => (stage.api.GetValue ?? stage.api.LMSGetValue)(name);
    begin();
    stage.say({ [exit]: "suspend", "cmi.suspend_data": "half" });
    await stage.ask("continue");
    await stage.ask("previous");
    await stage.ask("continue"); // at once
    const left = stage.commits.findLast(({ activity }) => activity === "A");
    assert.deepEqual([left.last, left.elements], [true, { [exit]: "suspend" }]);
    await stage.ask("previous");
    begin();
    assert.deepEqual([get(standard === "1.2" ? "cmi.core.entry" : "cmi.entry"), get("cmi.suspend_data")], ["resume", "half"]);
  }
});
test("in 1.2 an item keeps what it had when it comes again", async () => {
  const stage = new Stage(cluster("R", null, [leaf("A"), leaf("B")]), { standard: "1.2" });
  await stage.ask("start");
  stage.api.LMSInitialize("");
  stage.say({ "cmi.core.lesson_status": "incomplete", "cmi.core.lesson_location": "4", "cmi.core.exit": "suspend", "cmi.core.session_time": "00:01:00" });
  await stage.ask("continue");
  await stage.ask("previous");
  stage.api.LMSInitialize("");
  const values = ["entry", "lesson_location", "lesson_status", "total_time"].map((name) => stage.api.LMSGetValue(`cmi.core.${name}`));
  assert.deepEqual(values, ["resume", "4", "incomplete", "0000:01:00.00"]);
});
test("navigation requests are read as content writes them", () => {
  assert.deepEqual(readRequest("{target=X-1}choice"), { name: "choice", target: "X-1" });
  assert.deepEqual(readRequest("{target=X}jump"), { name: "jump", target: "X" });
  assert.deepEqual(readRequest("exitAll"), { name: "exitAll" });
  assert.deepEqual([readRequest("_none_"), readRequest("")], [null, null]);
});
test("session times are read as each standard writes them", () => {
  const times = ["0001:02:03.5", "00:00:10", "PT1H2M3.5S", "P1DT1S", "PT", "", undefined, "soon"];
  assert.deepEqual(times.map(sessionMs), [3_723_500, 10_000, 3_723_500, 86_401_000, 0, 0, 0, 0]);
});
test("the stage speaks to the site's own pages alone", () => {
  assert.deepEqual(originsAbove(["http://a", "http://b"], ["http://b", "http://x"]), ["http://b"]);
  assert.deepEqual(originsAbove(["http://a"], ["http://evil"]), []);
  assert.deepEqual(originsAbove(["http://a", "http://b"], undefined), ["http://a", "http://b"]);
});
test("the stage believes only the page above it, and begins once", () => {
  const heard = [];
  const said = [];
  let deliver = null;
  let isListening = true;
  const parent = { postMessage: (message, origin) => said.push([message.type, origin]) };
  new StageLink((message) => heard.push(message)).open({
    parent, origins: ["http://a"], listen: (_type, work) => {
      deliver = (event) => isListening && work(event);
      return () => (isListening = false);
    },
  });
  const begin = (more) => deliver({ source: parent, origin: "http://a", data: { type: "begin", data: {} }, ports: [{}], ...more });
  begin({ origin: "http://evil" });
  begin({ source: {} });
  begin({ ports: [] });
  assert.deepEqual([said, heard], [[["stage-ready", "http://a"]], []]);
  begin({});
  begin({});
  assert.equal(heard.length, 1);
});
test("who logs out or runs out of time leaves the package, whatever else was asked for", async () => {
  for (const exit of ["logout", "time-out"]) {
    const byContent = new Stage(two());
    await byContent.ask("start");
    byContent.api.Initialize("");
    byContent.say({ "cmi.exit": exit, "adl.nav.request": "continue" });
    byContent.api.Terminate("");
    await byContent.settle();
    assert.equal(byContent.last("ended")?.reason, "exitAll", exit);
    const byLearner = new Stage(two());
    await byLearner.ask("start");
    byLearner.api.Initialize("");
    byLearner.say({ "cmi.exit": exit });
    await byLearner.ask("continue");
    assert.deepEqual([byLearner.last("ended")?.reason, byLearner.commits.at(-1).ended], ["exitAll", "finished"], exit);
  }
});
test("what content asks for at its end is forgotten where the learner asked before", async () => {
  const stage = new Stage(cluster("R", FLOW, [leaf("A"), leaf("B"), leaf("C")]), { atUnload: ({ api }) => api.Terminate("") });
  await stage.ask("start");
  stage.api.Initialize("");
  stage.say({ "adl.nav.request": "{target=C}choice" });
  await stage.ask("continue");
  assert.equal(stage.last("item").id, "B");
});
test("shared data lives as long as an attempt on the package, or as the system", async () => {
  const share = { sharedData: [{ targetId: "D", readSharedData: true, writeSharedData: true }] };
  const again = { sequencingRules: { postConditionRules: [when("retryAll", "attemptLimitExceeded")] }, limitConditions: { attemptLimit: 1 } };
  for (const [isOfSystem, kept] of [[false, ""], [true, "mine"]]) {
    const root = cluster("R", FLOW, [leaf("A", null, share), leaf("B", again)]);
    const stage = new Stage(root, { outline: { sharedDataGlobalToSystem: isOfSystem } });
    await stage.ask("start");
    stage.api.Initialize("");
    stage.say({ "adl.data.0.store": "mine" });
    await stage.ask("continue");
    await stage.ask("continue");
    stage.api.Initialize("");
    assert.deepEqual([stage.last("item").id, stage.api.GetValue("adl.data.0.store")], ["A", kept]);
  }
});
test("what the system keeps for its packages comes with the launch", async () => {
  const share = { sharedData: [{ targetId: "D", readSharedData: true, writeSharedData: false }] };
  const stage = new Stage(leaf("R", null, share), { shared: { objectives: {}, stores: { D: "theirs", E: "another's" } } });
  await stage.ask("start");
  stage.api.Initialize("");
  assert.deepEqual([stage.api.GetValue("adl.data._count"), stage.api.GetValue("adl.data.0.store")], ["1", "theirs"]);
});
