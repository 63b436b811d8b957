// The challenge as a dialog: everything can be reached by keyboard, the question and what came of it are read out, and the
// seconds are not.
import { clock, fill } from "./words.js";

const NEXT = { wrong: "challengeNext", failed: "challengeRetry" }; // a question left unanswered comes again
const TEXTS = { wrong: "challengeWrong", missed: "challengeMissed", failed: "challengeFailed", cooling: "challengeCooling" };

export class ChallengeDialog {
  #texts;
  #flow;
  #shownId = null;
  #phase = "closed";
  #part = (name) => document.getElementById(name ? `challenge-${name}` : "challenge");

  constructor({ texts, flow }) {
    this.#texts = texts;
    this.#flow = flow;
    this.#part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = new FormData(event.target).get("key");
      if (chosen) flow.submit(chosen);
    });
    this.#part("next").addEventListener("click", () => flow.next());
    this.#part("later").addEventListener("click", () => flow.dismiss());
    this.#part().addEventListener("close", (event) => {
      if (!event.target.open) flow.dismiss(); // by the Escape key; the challenge stands, and nothing plays meanwhile
    });
    addEventListener("online", () => flow.retry());
  }

  show(view) {
    const dialog = this.#part();
    const isNew = view.phase !== this.#phase;
    this.#phase = view.phase;
    if (view.phase === "closed") {
      if (dialog.open) this.#close(dialog);
      return;
    }
    const wasOpen = dialog.open;
    if (!wasOpen) this.#open(dialog);
    dialog.dataset.phase = view.phase;
    this.#showQuestion(view, isNew || !wasOpen);
    this.#showVerdict(view, isNew || !wasOpen);
    this.#part("loading").hidden = view.phase !== "loading";
    if (view.phase === "loading" && isNew) this.#part("title").focus();
  }

  remind() {
    this.#part("said").textContent = this.#texts.challengeRemind;
  }

  #open(dialog) {
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    document.getElementById("video")?.webkitExitFullscreen?.(); // a film that fills a phone hides the page
    document.getElementById("help-dialog")?.close();
    dialog.showModal();
  }

  // The browser gives the focus back to where it was; a button that has gone meanwhile cannot take it.
  #close(dialog) {
    dialog.close();
    if (document.activeElement === document.body) document.getElementById("play")?.focus({ preventScroll: true });
  }

  #showQuestion({ phase, challenge, leftMs, isUnsent }, isNew) {
    const isAsked = phase === "question" || phase === "sending";
    this.#part("form").hidden = !isAsked;
    this.#part("time").hidden = phase !== "question";
    this.#part("left").textContent = clock(Math.ceil(leftMs / 1000) * 1000);
    if (!isAsked) {
      this.#shownId = null;
      return;
    }
    if (this.#shownId !== challenge.id) this.#draw(challenge);
    this.#part("submit").setAttribute("aria-disabled", String(phase === "sending"));
    this.#part("unsent").hidden = !isUnsent || phase === "sending";
    if (phase === "question" && isNew && !isUnsent) this.#part("options").querySelector("input")?.focus();
  }

  #draw({ id, prompt, options }) {
    this.#shownId = id;
    this.#part("said").textContent = "";
    this.#part("prompt").textContent = prompt;
    const rows = options.map(({ key, text }) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      const words = document.createElement("span");
      Object.assign(input, { type: "radio", name: "key", value: key, required: true });
      label.className = "challenge__option";
      words.textContent = text;
      label.append(input, words);
      return label;
    });
    this.#part("options").replaceChildren(...rows);
  }

  #showVerdict({ phase, kind, message, waitMs }, isNew) {
    const isVerdict = phase === "verdict";
    const next = this.#part("next");
    const isReady = isVerdict && waitMs === 0;
    this.#part("verdict").hidden = !isVerdict;
    this.#part("wait").hidden = !isVerdict || isReady;
    this.#part("wait").textContent = fill(this.#texts.challengeWait, { seconds: Math.ceil(waitMs / 1000) });
    const appears = next.hidden && isReady;
    next.hidden = !isReady;
    if (!isVerdict) return;
    if (isNew) {
      this.#part("verdict").dataset.kind = kind;
      this.#part("message").textContent = message || this.#texts[TEXTS[kind] ?? "challengeFailed"];
      next.textContent = this.#texts[NEXT[kind] ?? "challengeAgain"];
      this.#part("message").focus();
    } else if (appears && document.activeElement === this.#part("message")) {
      next.focus();
    }
  }
}
