// One run of one item: the eight calls that content sees, and behind them the guard, the data and scorm-again.
import { DataModel } from "./data_model.js";
import { Engine } from "./engine.js";

const LONGEST_DIAGNOSTIC = 255;

export class Bridge {
  state = "fresh"; // then "running", then "ended"
  model;
  #standard; // what the two standards do differently: api_12.js, api_2004.js
  #tables;
  #hooks;
  #engine;
  #error = 0;
  #detail = "";
  #changed = new Map();
  #reported = new Map(); // evaluated element → what was committed last
  #own = new Set(); // what content itself has set in this run

  constructor(standard, options) {
    this.#standard = standard;
    this.#tables = options.tables;
    this.#hooks = options.hooks ?? {};
    this.options = options;
    this.model = new DataModel(options.tables, { allow: options.allow });
    for (const [name, text] of Object.entries(options.elements ?? {})) this.#restore(name, text);
    standard.prepare(this.model, options);
    for (const name of standard.evaluated) this.#reported.set(name, this.value(name));
    this.#engine = new Engine(options.Engine, this.model.all());
    this.api = this.#makeApi(standard.calls);
  }

  // What content has changed since this was asked last, by element; what is evaluated from it besides.
  changedSince() {
    for (const name of this.#standard.evaluated) {
      const now = this.value(name);
      if (this.#changed.has(name) || now !== this.#reported.get(name)) this.#changed.set(name, now);
      this.#reported.set(name, now);
    }
    const elements = Object.fromEntries(this.#changed);
    this.#changed.clear();
    return elements;
  }

  get hasChanges() {
    return this.#changed.size > 0;
  }

  // An element as it stands, evaluated, whatever its mode; null where there is nothing.
  value(name) {
    return this.#standard.evaluate(name, this.model, this.options) ?? this.model.value(name) ?? null;
  }

  // {completion, success, scaled, raw, min, max, progress}; numbers are null where nothing was said.
  standing() {
    return this.#standard.standing(this);
  }

  // Every objective of the item: {id, index, success, completion, scaled, raw, min, max, progress}.
  objectives() {
    return Array.from({ length: this.model.count("cmi.objectives") }, (_, index) => this.#standard.objective(this, index));
  }

  // Whether content itself has set this in this run.
  hasSet(name) {
    return this.#own.has(name);
  }

  // What content has said at all, in this run or an earlier one that it goes on with: {completion, satisfied}.
  said() {
    return this.#standard.said(this.model);
  }

  // The system's own setting of an element; it is committed like content's.
  put(name, text) {
    if (this.model.put(name, String(text))) this.#changed.set(name, String(text));
  }

  // The element in which content says how it ends.
  get exitName() {
    return this.#standard.exit;
  }

  // The item is left without its own last call: what it said is kept, to be resumed.
  leave() {
    if (this.state !== "running") return false;
    if (!this.model.isSet(this.#standard.exit)) this.put(this.#standard.exit, "suspend");
    return this.#end();
  }

  // scorm-again's answers that differed from those given.
  get departures() {
    return this.#engine.departures;
  }

  #restore(name, text) {
    if (!this.#standard.forgotten.includes(name)) this.model.put(name, String(text));
  }

  #makeApi([initialize, terminate, getValue, setValue, commit, getLastError, getErrorString, getDiagnostic]) {
    return {
      ...this.#standard.attributes,
      [initialize]: (argument) => this.#initialize(textOf(argument)),
      [terminate]: (argument) => this.#terminate(textOf(argument)),
      [getValue]: (name) => this.#get(textOf(name)),
      [setValue]: (name, value) => this.#set(textOf(name), textOf(value)),
      [commit]: (argument) => this.#commit(textOf(argument)),
      [getLastError]: () => String(this.#error),
      [getErrorString]: (code) => this.#tables.errors[textOf(code)] ?? "",
      [getDiagnostic]: (code) => this.#diagnose(textOf(code)),
    };
  }

  #initialize(argument) {
    if (this.#isRefused("initialize", argument)) return "false";
    const isBegun = this.#tell("onInitialize");
    if (isBegun) this.state = "running";
    return this.#answer("initialize", isBegun);
  }

  #terminate(argument) {
    if (this.#isRefused("terminate", argument)) return "false";
    return this.#answer("terminate", this.#end());
  }

  #commit(argument) {
    if (this.#isRefused("commit", argument)) return "false";
    return this.#answer("commit", this.#tell("onCommit", { elements: this.changedSince(), last: false }));
  }

  #get(name) {
    if (this.#isAtWrongTime("get")) return "";
    const { value, reason, found } = this.#standard.guardGet?.(name, this) ?? this.model.get(name);
    if (reason) return this.#fail(this.#tables.reasons[reason].get, `${reason}: ${name}`, "");
    this.#fail(0, "");
    const text = this.#standard.ask?.(found, this.#hooks) ?? this.#standard.evaluate(name, this.model, this.options) ?? value;
    this.#engine.get(name, text);
    return text;
  }

  #set(name, text) {
    if (this.#isAtWrongTime("set")) return "false";
    const reason = this.#standard.guardSet?.(name, text, this) ?? this.model.judge(name, text);
    if (reason) return this.#fail(this.#tables.reasons[reason].set, `${reason}: ${name} = ${text}`, "false");
    const stored = this.#standard.stored?.(name, text, this.model) ?? text;
    this.model.put(name, stored);
    this.#own.add(name);
    this.#changed.set(name, stored);
    this.#engine.set(name, text);
    this.#hooks.onSet?.(name, stored);
    return this.#fail(0, "", "true");
  }

  // The run is over whatever becomes of what it said last.
  #end() {
    this.#standard.finish?.(this);
    this.state = "ended";
    this.#engine.close();
    const isSaved = this.#tell("onCommit", { elements: this.changedSince(), last: true });
    const exit = this.value(this.#standard.exit) ?? "";
    return this.#tell("onTerminate", { exit, navRequest: this.#standard.request(this) }) && isSaved;
  }

  // A hook that fails is ours to know of, not content's to fall over.
  #tell(hook, word) {
    try {
      return this.#hooks[hook]?.(word) !== false;
    } catch (error) {
      this.#hooks.onFault?.(error);
      return false;
    }
  }

  #answer(call, isDone) {
    return isDone ? this.#fail(0, "", "true") : this.#fail(this.#tables.states.failed[call], `${call} failed`, "false");
  }

  #isRefused(call, argument) {
    if (this.#isAtWrongTime(call)) return true;
    if (argument === "") return false;
    this.#fail(this.#tables.states.argument, `${call} takes an empty string`);
    return true;
  }

  #isAtWrongTime(call) {
    const code = this.#tables.states[call][this.state];
    if (code) this.#fail(code, `${call} while ${this.state}`);
    return Boolean(code);
  }

  #fail(code, detail, answer) {
    this.#error = code;
    this.#detail = detail;
    return answer;
  }

  #diagnose(code) {
    const asked = code === "" ? String(this.#error) : code;
    const words = this.#tables.errors[asked] ?? "";
    const detail = asked === String(this.#error) && this.#detail ? `${words} (${this.#detail})` : words;
    return detail.slice(0, LONGEST_DIAGNOSTIC);
  }
}

// Content calls with anything: what is missing is empty, and what is no text becomes one.
function textOf(argument) {
  if (argument === undefined || argument === null) return "";
  try {
    return String(argument);
  } catch {
    return "";
  }
}

// A number that an element holds, or null.
export function numberOf(text) {
  return text === null || text === undefined || text === "" ? null : Number(text);
}
