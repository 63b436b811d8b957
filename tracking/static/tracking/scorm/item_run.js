// One run of one item: its run-time API, its commits, and how it ends. An asset is done once it was opened; but content that its
// manifest calls an asset, and that speaks all the same, is heard from then on.

const PERIOD = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const SPAN = /^(\d{2,4}):(\d{2}):(\d{2}(?:\.\d+)?)$/;
const SECONDS = [31_557_600, 2_629_800, 86_400, 3_600, 60, 1];

// A session time in milliseconds, as either standard writes it; 0 where none was said. Years and months are mean ones.
export function sessionMs(text) {
  const span = SPAN.exec(text ?? "");
  const parts = span ? [0, 0, 0, ...span.slice(1)] : PERIOD.exec(text ?? "")?.slice(1);
  if (!parts) return 0;
  return Math.round(parts.reduce((sum, part, place) => sum + Number(part ?? 0) * SECONDS[place], 0) * 1000);
}

const SESSION_TIME = ["cmi.session_time", "cmi.core.session_time"];
const STATUS_12 = "cmi.core.lesson_status";

export class ItemRun {
  exit = "";
  navRequest = "";
  hasSaidLast = false; // whether its last commit is made
  #hooks; // {commit({elements, last}), told(), ended({navRequest}), valid(name, target), fault(detail)}
  #before;
  #isAsset;

  // `make(hooks)` gives the bridge of api_12.js or api_2004.js. `isAsset`: what the manifest says. `before` is what the launch or an earlier
  // run of this sitting holds: {elements, totalTimeMs, entry}.
  constructor({ id, launch, before, make, hooks, isAsset = false }) {
    Object.assign(this, { id, launch });
    this.#isAsset = isAsset;
    this.#before = before;
    this.#hooks = hooks;
    this.bridge = make({
      onInitialize: () => {
        this.#isAsset = false;
        return hooks.begun();
      },
      onCommit: (word) => hooks.commit(word),
      onTerminate: (word) => this.#ended(word),
      onSet: () => hooks.told(),
      requestValid: (name, target) => hooks.valid(name, target),
      onFault: (error) => hooks.fault(String(error)),
    });
  }

  get isSco() {
    return !this.#isAsset;
  }

  get isOver() {
    return !this.isSco || this.bridge.state === "ended";
  }

  get isRunning() {
    return this.bridge.state === "running";
  }

  #ended({ exit, navRequest }) {
    this.exit = exit;
    this.navRequest = navRequest;
    this.#hooks.ended(this);
    return true;
  }

  // What it reported so far, for the sequencer.
  get reported() {
    if (!this.isSco) return null;
    const { bridge } = this;
    return { standing: bridge.standing(), objectives: bridge.objectives(), said: bridge.said(), status: bridge.value(STATUS_12) };
  }

  // What the standard lets content count on before it wrote anything: the objectives that stand there.
  get prefilled() {
    const all = this.isSco ? this.bridge.model.all() : {};
    return Object.fromEntries(Object.entries(all).filter(([name]) => /^cmi\.objectives\.\d+\./.test(name)));
  }

  // What changed since the last commit, committed.
  commit() {
    if (this.isRunning && this.bridge.hasChanges) this.#hooks.commit({ elements: this.bridge.changedSince(), last: false });
  }

  // The learner moves on and content did not end: it ends as content left it.
  finish() {
    if (!this.isRunning) return;
    const { api } = this.bridge;
    (api.Terminate ?? api.LMSFinish)("");
  }

  // Content that was to go on and was left before it said anything is still to go on: what says so, else nothing.
  keptSilent() {
    if (!this.isSco || this.bridge.state !== "fresh" || this.#before.entry !== "resume") return {};
    this.exit = "suspend";
    return { [this.bridge.exitName]: "suspend" };
  }

  // The learner leaves, and comes back to this.
  leave() {
    this.bridge.leave();
  }

  // What the next run of this item in this sitting begins with, where it goes on with the same attempt.
  get after() {
    const all = this.bridge.model.all();
    const said = SESSION_TIME.map((name) => all[name]).find(Boolean);
    return {
      elements: all, totalTimeMs: this.#before.totalTimeMs + sessionMs(said),
      entry: this.exit === "suspend" ? "resume" : "",
    };
  }
}
