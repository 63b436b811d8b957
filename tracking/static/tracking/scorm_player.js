// A package on this page: its stage, and what is shown of it. Knows nothing of leases and hours.
import { choosableOf, firstRequest, isSingle, refusalOf } from "./scorm_page_rules.js";
import { StagePort } from "./scorm_stage_port.js";
import { ScormView } from "./scorm_view.js";

const SETTLE_MS = 60; // an end is told right after the contents

export class ScormPlayer {
  #texts;
  #on; // {begin({takeOver}), item(message), standing(message), saved(pending), refused(code), ended(reason), heard(message)}
  #port;
  #launch = null;
  #itemState = "none";
  #isHeld = false;
  #choosable = []; // items that may be chosen while nothing runs
  #mayChoose = false; // nothing runs and nothing has ended: the learner is to choose

  constructor({ texts, labels, on }) {
    this.#texts = texts;
    this.#on = on;
    this.view = new ScormView({
      texts,
      labels,
      ask: {
        begin: (how) => (this.#choosable.length && this.#port.isOpen ? this.#choose(this.#choosable[0]) : on.begin(how)),
        request: (request) => this.navigate(request),
        choose: (target) => this.#choose(target),
      },
    });
    this.#port = new StagePort({
      frame: document.getElementById("stage"),
      on: {
        opened: () => this.#opened(),
        message: (message) => this.#heard(message),
        silent: () => this.#trouble(texts.stageSilent),
        restarted: () => this.#trouble(texts.stageReplaced),
      },
    });
  }

  get itemState() {
    return this.#itemState;
  }

  get isOpen() {
    return this.#port.isOpen;
  }

  open(launch) {
    this.#launch = launch;
    this.#itemState = "none";
    this.view.notice(launch.movedNotice ?? "");
    this.view.records(launch.commit !== null);
    this.view.cover({ name: "loading", title: this.#texts.loading });
    this.#port.open(launch);
  }

  get #isRecorded() {
    return Boolean(this.#launch?.commit);
  }

  navigate(request, target) {
    this.#port.send(target === undefined ? { type: "navigate", request } : { type: "navigate", request, target });
  }

  // A question waits for its answer, or has been answered.
  hold(isHeld) {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    this.#port.send({ type: isHeld ? "hold" : "release" });
  }

  leave() {
    this.#port.send({ type: "leave" });
  }

  commitNow() {
    this.#port.send({ type: "commit-now" });
  }

  saved() {
    return this.#port.saved();
  }

  // Take the content away, and say why.
  stop(cover) {
    this.#itemState = "none";
    this.#mayChoose = false;
    this.#choosable = [];
    this.view.item({});
    this.view.cover(cover);
    this.#port.close();
  }

  #opened() {
    if (this.#isHeld) this.#port.send({ type: "hold" });
    this.navigate(firstRequest(this.#launch));
  }

  #trouble(text) {
    const texts = this.#texts;
    this.#port.close();
    this.#itemState = "none";
    this.#on.item({ state: "none" });
    this.view.cover({ name: "trouble", title: texts.stageAway, text, label: texts.again });
  }

  #heard(message) {
    this.#on.heard?.(message);
    if (message.type === "outline") this.#outline(message);
    else if (message.type === "item") this.#item(message);
    else if (message.type === "standing") {
      if (this.#isRecorded || !this.#launch.attempt) this.view.standing(message); // what is looked at again reports nothing
      this.#on.standing(message);
    } else if (message.type === "saved") {
      this.view.saved(Number(message.pending) || 0);
      this.#on.saved(Number(message.pending) || 0);
    } else if (message.type === "refused") this.#on.refused(refusalOf(message.code), message);
    else if (message.type === "fault" && message.code === "blocked") this.view.notice(this.#texts.blocked);
    else if (message.type === "ended") {
      this.#mayChoose = false;
      this.#on.ended(message.reason);
    }
  }

  // Some packages begin nothing by themselves: their only item is opened, or the learner is asked for one of several.
  #outline(message) {
    this.view.outline(message);
    if (!this.#mayChoose) return;
    this.#choosable = choosableOf(message.items);
    setTimeout(() => {
      if (!this.#mayChoose || !this.#port.isOpen) return;
      const { choose, chooseHow, openFirst } = this.#texts;
      if (isSingle(message.items) && this.#choosable.length === 1) this.#choose(this.#choosable[0]);
      else this.view.cover({ name: "choose", title: choose, text: chooseHow, label: this.#choosable.length ? openFirst : "" });
    }, SETTLE_MS);
  }

  #choose(target) {
    this.navigate("choice", target);
  }

  #item(message) {
    const wasRunning = this.#itemState === "running";
    this.#itemState = message.state;
    this.#mayChoose = message.state === "none";
    if (message.state !== "none") this.#choosable = [];
    this.view.item(message);
    if (message.state === "launching" && this.#isRecorded) this.view.notice(this.#launch.movedNotice ?? "");
    if (message.state === "launching" || message.state === "running") this.view.uncover();
    if (message.state === "running" && !wasRunning && document.activeElement === document.body) this.view.focusContent();
    this.#on.item(message);
  }
}
