// scorm-again behind the guard: it is told what the guard let through, and what it answers is compared with what stands.
const QUIET = {
  autocommit: false,
  lmsCommitUrl: false,
  logLevel: 5,
  uninitializedGetLogLevel: 5,
  onLogMessage: () => {},
  autoProgress: false,
  enableOfflineSupport: false,
  mastery_override: false,
  autoCompleteLessonStatus: false,
};

export class Engine {
  #api = null;
  #departures = [];

  // `Api` is scorm-again's class of the standard, or null to do without. Nothing of it can stop content.
  constructor(Api, elements) {
    if (!Api) return;
    this.#safely("new", () => {
      this.#api = new Api({ ...QUIET });
      this.#api.loadFromFlattenedJSON?.(elements, "");
      this.#api.lmsInitialize("");
    });
  }

  // What it answered otherwise than the guard, each {call, name, guard, engine}.
  get departures() {
    return this.#departures;
  }

  set(name, text) {
    const answer = this.#safely(name, () => this.#api?.lmsSetValue(name, text));
    if (this.#api && answer !== "true") this.#note("set", name, "true", answer);
  }

  get(name, text) {
    const answer = this.#safely(name, () => this.#api?.lmsGetValue(name));
    if (this.#api && answer !== text) this.#note("get", name, text, answer);
  }

  // What is told only at the end; the engine is not asked to end anything of its own.
  close() {
    this.#api = null;
  }

  #note(call, name, guard, engine) {
    if (this.#departures.length < 1000) this.#departures.push({ call, name, guard, engine });
  }

  #safely(name, run) {
    try {
      return run();
    } catch (error) {
      return `threw ${error?.name ?? error} at ${name}`;
    }
  }
}
