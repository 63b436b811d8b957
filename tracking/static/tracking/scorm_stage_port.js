// The line between this page and the stage on the content's own host: one handshake, then one port.
import { keep, keptFor } from "./scorm_kept.js";
import { isFromStage } from "./scorm_page_rules.js";

const PATIENCE_MS = 25_000; // longer than a slow network takes for the stage's own few files
const SAVE_PATIENCE_MS = 5_000;

export class StagePort {
  #frame;
  #on; // {opened(), message(message), silent(), restarted()}
  #port = null;
  #launch = null;
  #timer = null;
  #pending = 0;
  #waiting = []; // those who wait until all is saved

  constructor({ frame, on }) {
    this.#frame = frame;
    this.#on = on;
    addEventListener("message", (event) => this.#heard(event));
  }

  get isOpen() {
    return this.#port !== null;
  }

  get pending() {
    return this.#pending;
  }

  // Show the stage of a launch; the one that stood there is gone.
  open(launch) {
    this.close();
    this.#launch = launch;
    this.#timer = setTimeout(() => this.#on.silent(), PATIENCE_MS);
    this.#frame.src = launch.stage;
  }

  close() {
    clearTimeout(this.#timer);
    this.#port?.close();
    this.#port = this.#launch = null;
    this.#settle(0);
    if (this.#frame.hasAttribute("src")) this.#frame.src = "about:blank";
  }

  send(message) {
    this.#port?.postMessage(message);
  }

  // Resolves when the stage has saved everything, or when waiting longer is of no use; says whether all is saved.
  saved() {
    if (!this.isOpen || this.#pending === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      setTimeout(() => resolve(false), SAVE_PATIENCE_MS);
    });
  }

  #heard(event) {
    if (this.#launch === null) return;
    const source = this.#frame.contentWindow;
    if (!isFromStage(event, { origin: this.#launch.origin, source }) || event.data?.type !== "stage-ready") return;
    if (this.#port !== null) {
      this.#on.restarted(); // the content has replaced its own stage
      return;
    }
    clearTimeout(this.#timer);
    const channel = new MessageChannel();
    this.#port = channel.port1;
    this.#port.onmessage = ({ data }) => this.#told(data);
    const data = { ...this.#launch, kept: keptFor(storage(), this.#launch.attempt?.uuid, Date.now()) };
    source.postMessage({ type: "begin", data }, this.#launch.origin, [channel.port2]);
    this.#on.opened();
  }

  #told(message) {
    if (typeof message?.type !== "string") return;
    if (message.type === "keep") {
      keep(storage(), this.#launch?.attempt?.uuid, message);
      return;
    }
    if (message.type === "saved") this.#settle(Number(message.pending) || 0);
    this.#on.message(message);
  }

  #settle(pending) {
    this.#pending = pending;
    if (pending === 0) for (const resolve of this.#waiting.splice(0)) resolve(true);
  }
}

// Private windows may have none, and reading it may throw.
function storage() {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}
