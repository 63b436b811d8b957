// The stage's life: what the page asks for, the sequencer decides; items come and go, and all they say is committed.

import { ItemRun } from "./item_run.js";

const TELL_AFTER_MS = 250;
const TARGET = /^\{target=([^{}]*)\}(choice|jump)$/;
const NOTHING = { elements: {}, totalTimeMs: 0, entry: "" };
// How content says that its learner leaves the package, whoever asked for something else meanwhile (2004 RTE 4.2.8).
const QUITS = ["logout", "time-out"];
const ENDINGS = { exitAll: "exitAll", suspendAll: "suspendAll", abandonAll: "abandonAll" };
const MOST_STATE_BYTES = 120_000; // the server takes 128 kB

const bytesOf = (value) => new TextEncoder().encode(JSON.stringify(value)).length;

// "{target=X}jump" → {name: "jump", target: "X"}; "" or "_none_" → null.
export function readRequest(text) {
  if (!text || text === "_none_") return null;
  const found = TARGET.exec(text);
  return found ? { name: found[2], target: found[1] } : { name: text };
}

export class StageLife {
  #launch;
  #sequencer;
  #queue;
  #frame;
  #world; // {makeBridge(run options), expose(api|null), uuid(), say(message), later(work, ms)}
  #run = null;
  #runs; // item → what its next run begins with
  #stores; // shared data: target → text
  #attempt; // which attempt on the package they belong to
  #isMoving = false;
  #isTelling = false;
  #hasEnded = false;
  #hidden = null; // the run that was committed as one to be gone on with, the page being hidden

  constructor({ launch, sequencer, queue, frame, world }) {
    this.#launch = launch;
    this.#sequencer = sequencer;
    this.#queue = queue;
    this.#frame = frame;
    this.#world = world;
    this.#runs = { ...launch.activities };
    this.#stores = { ...launch.state?.stores, ...launch.shared?.stores };
    this.#attempt = sequencer.attempt;
  }

  get is12() {
    return this.#launch.standard === "1.2";
  }

  // --- what the page asks for -----------------------------------------------------------------------------------------
  async navigate(name, target) {
    if (this.#isMoving || this.#hasEnded) return;
    const isBeginning = name === "start" || name === "resumeAll";
    if (isBeginning && this.#sequencer.currentId) return;
    if (!isBeginning && !this.#sequencer.mayAsk(name, target)) {
      this.#world.say({ type: "fault", code: "blocked", detail: name });
      this.#tell();
      return;
    }
    this.#isMoving = true;
    try {
      await this.#move(isBeginning ? "begin" : name, target);
    } finally {
      this.#isMoving = false;
    }
  }

  async #move(name, target) {
    const left = this.#run;
    await this.#leaveItem(name);
    const asked = left && this.#quits(left) ? { name: "exitAll" } : { name, target };
    const result = asked.name === "begin" ? this.#sequencer.begin() : this.#sequencer.navigate(asked.name, asked.target);
    if (result.delivered) this.#deliver(result);
    else if (result.isEnd) this.#end(asked.name, left);
    else this.#stay(result.exception, left);
  }

  async #leaveItem(name) {
    const run = this.#run;
    if (!run) return;
    await this.#frame.clear();
    if (name === "suspendAll") run.leave();
    else run.finish();
    this.#takeReported(run);
    const kept = run.keptSilent();
    this.#sequencer.suspendItem(run.id, run.exit === "suspend");
    if (!run.hasSaidLast) this.#add(run, { elements: kept, last: true }); // an asset, or content that never began to speak
    if (run.isSco) this.#runs[run.id] = run.after;
    if (run.isSco) Object.assign(this.#stores, run.stores());
    this.#run = null;
    this.#world.expose(null);
  }

  // --- items come -----------------------------------------------------------------------------------------------------
  #deliver({ delivered: id, isFresh }) {
    const item = this.#sequencer.itemOf(id);
    this.#emptyStores();
    const before = isFresh ? { ...NOTHING, entry: "ab-initio" } : this.#beforeOf(id);
    const launch = this.#world.uuid();
    const run = new ItemRun({
      id, launch, before, isAsset: item.launch?.kind !== "sco", hooks: this.#hooks(() => run), make: (hooks) => this.#makeBridge(id, item, before, hooks),
    });
    run.entry = before.entry;
    this.#run = run;
    run.stores = () => this.#world.storesOf(run.bridge);
    this.#world.expose(run.bridge.api);
    if (!run.isSco) this.#sequencer.reportAsset?.(id);
    this.#add(run, { elements: this.is12 ? {} : run.prefilled, last: false });
    this.#sayItem("launching");
    this.#frame.show(this.#launch.fileBase + (item.launch?.href ?? ""), item.title ?? "", { onLoad: () => this.#loaded(run) });
    this.#tell();
  }

  // Shared data that is not the system's lives as long as an attempt on the package.
  #emptyStores() {
    const { attempt } = this.#sequencer;
    if (attempt !== this.#attempt && this.#launch.outline.sharedDataGlobalToSystem === false) this.#stores = {};
    this.#attempt = attempt;
  }

  #beforeOf(id) {
    const before = this.#runs[id] ?? { ...NOTHING, entry: "ab-initio" };
    return this.is12 ? before : { ...before, entry: "resume" };
  }

  #makeBridge(id, item, before, hooks) {
    const { standard, learner, mode, credit, allow } = this.#launch;
    return this.#world.makeBridge({
      standard,
      activity: item, elements: before.elements, entry: before.entry, totalTimeMs: before.totalTimeMs, learner, mode, credit, allow,
      objectives: this.#sequencer.objectivesOf(id), stores: this.#stores, hooks,
    });
  }

  #hooks(itself) {
    return {
      begun: () => {
        if (itself() === this.#run) this.#sayItem("running");
        return true;
      },
      commit: (word) => {
        const run = itself();
        if (run !== this.#run) return false;
        this.#takeReported(run);
        const isTaken = this.#add(run, { ...word, suspended: this.#hidden === run && !this.is12 });
        run.hasSaidLast ||= word.last;
        this.#tell();
        return isTaken;
      },
      told: () => this.#tell(),
      ended: (run) => this.#ended(run),
      valid: (name, target) => {
        this.#takeReported(itself());
        return this.#sequencer.requestValid(name, target);
      },
      fault: (detail) => this.#world.say({ type: "fault", code: "content", detail }),
    };
  }

  #loaded(run) {
    if (run === this.#run && !this.#isOver(run)) this.#sayItem("running");
  }

  #quits(run) {
    return this.is12 ? run.exit === "logout" : QUITS.includes(run.exit);
  }

  #isOver(run) {
    return run.isSco && run.isOver;
  }

  // Content ended by itself. What it asks for is done once its call has returned.
  #ended(run) {
    if (run !== this.#run) return;
    this.#takeReported(run);
    this.#sequencer.suspendItem(run.id, run.exit === "suspend");
    this.#sayItem("ended");
    this.#tell();
    if (this.#isMoving) return;
    const asked = this.#quits(run) ? { name: "exitAll" } : readRequest(run.navRequest);
    if (asked) this.#world.later(() => this.navigate(asked.name, asked.target), 0);
  }

  // --- and go ---------------------------------------------------------------------------------------------------------
  #end(name, left) {
    const isOver = this.#sequencer.hasEnded;
    this.#hasEnded = true;
    this.#add(left ?? this.#nobody(), {
      elements: {}, last: true, ended: isOver ? "finished" : null, suspended: this.#sequencer.isSuspended,
    });
    this.#world.say({ type: "item", id: "", title: "", state: "none", isSco: false });
    this.#tellNow();
    this.#world.say({ type: "ended", reason: ENDINGS[name] ?? "finished" });
  }

  // Nothing was delivered: the table of contents is what there is.
  #stay(exception, left) {
    if (left) this.#add(left, { elements: {}, last: true });
    this.#world.say({ type: "item", id: this.#sequencer.currentId, title: "", state: "none", isSco: false });
    if (exception && left) this.#world.say({ type: "fault", code: "blocked", detail: exception });
    this.#tellNow();
  }

  #nobody() {
    return { id: this.#launch.outline.root.id, launch: this.#world.uuid(), entry: "" };
  }

  // The learner leaves: the item ends as one that is gone on with, and so does the package.
  async leave() {
    if (this.#hasEnded || this.#isMoving) return;
    this.#isMoving = true;
    const left = this.#run;
    await this.#leaveItem("suspendAll");
    this.#hasEnded = true;
    if (this.#sequencer.currentId) this.#sequencer.navigate("suspendAll");
    if (left) this.#add(left, { elements: {}, last: true, suspended: this.#sequencer.isSuspended });
  }

  // The page goes, perhaps for good: the package is suspended. Content may still say its last after this, so nothing ends here;
  // it is committed as it is.
  hide() {
    const run = this.#run;
    if (!run || this.#hasEnded || run.isOver) return;
    if ((this.#isMoving || this.#hidden === run) && !run.bridge.hasChanges) return; // but on the way, too, nothing is lost
    this.#hidden = run;
    this.#takeReported(run);
    this.#add(run, { elements: run.bridge.changedSince(), last: false, suspended: true });
  }

  // The page is there again.
  show() {
    this.#hidden = null;
  }

  commitNow() {
    this.#run?.commit();
  }

  // --- what is said ---------------------------------------------------------------------------------------------------
  #takeReported(run) {
    if (run?.isSco && run.reported) this.#sequencer.report(run.id, run.reported);
  }

  #add(run, { elements, last, ended = null, suspended = false }) {
    const isTaken = this.#queue.add({
      activity: run.id, launch: run.launch, entry: run.entry, last, elements, state: this.#state(), ended, suspended,
      current: suspended ? run.id : this.#sequencer.currentId, rollup: this.#sequencer.standing(),
    });
    return isTaken;
  }

  // What is too large for the server is left out rather than lose the commit: of shared data what does not fit beside the smaller
  // ones, at last all of it.
  #state() {
    const state = this.#sequencer.save();
    let room = MOST_STATE_BYTES - bytesOf(state);
    if (room < 0) return null;
    const stores = {};
    const sized = Object.entries(this.#stores).map(([target, text]) => [bytesOf({ [target]: text }), target, text]);
    for (const [size, target, text] of sized.sort(([one], [other]) => one - other)) {
      if (size > room) break;
      stores[target] = text;
      room -= size;
    }
    return Object.keys(stores).length ? { ...state, stores } : state;
  }

  #sayItem(state) {
    const { id, isSco } = this.#run;
    this.#world.say({ type: "item", id, title: this.#sequencer.titleOf(id), state, isSco });
  }

  // What changed is told a moment later: content sets many things at once.
  #tell() {
    if (this.#isTelling) return;
    this.#isTelling = true;
    this.#world.later(() => {
      this.#isTelling = false;
      this.#takeReported(this.#run);
      this.#tellNow();
    }, TELL_AFTER_MS);
  }

  #tellNow() {
    this.#world.say({ type: "outline", ...this.#sequencer.outline() });
    this.#world.say({ type: "standing", ...this.#sequencer.standing() });
  }
}
