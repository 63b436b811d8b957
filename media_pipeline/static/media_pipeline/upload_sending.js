/** Sends one file in parts, several at a time; waits out lost networks, and sends again what arrived damaged. */

import { digestOf, digestOfText } from "./upload_digest.js";
import { Lanes } from "./upload_lanes.js";
import { RefusedError, putPart } from "./upload_requests.js";
import { afterStatus, bytesOf, identityOf, partNumbers, rangeOf, waitAfter } from "./upload_rules.js";
import { GroupSigner } from "./upload_signing.js";

const MOST_TRIES = 6; // of one part that is refused, not of one that finds no network

/** The file is not the one that the upload began with. */
export class FileChangedError extends Error {}

/**
 * One file on its way. `tell` hears: {phase: "preparing" | "checking" | "sending" | "waiting" | "finishing"},
 * and {bytes} with what has arrived or is arriving. `pause()`, `resume()` and `stop()` may be called at any time.
 * `lanes` are shared by all files that are being sent, `reading` by all whose parts are read for their digests.
 */
export class Sending {
  constructor({ desk, lanes, reading = new Lanes(2), file, facts, tell }) {
    Object.assign(this, { desk, lanes, reading, file, facts, tell });
    this.stopping = new AbortController();
    this.pausing = new AbortController();
    this.session = null;
    this.done = new Set();
    this.flowing = new Map();
  }

  get paused() {
    return this.pausing.signal.aborted;
  }

  pause() {
    this.pausing.abort();
  }

  resume() {
    if (!this.paused) return;
    this.pausing = new AbortController();
    this.#wake();
  }

  stop() {
    this.stopping.abort();
    this.pausing.abort();
    this.#wake();
  }

  /** Sends the file and gives the video that it has become. */
  async run() {
    await this.#begin();
    await this.#check();
    for (let rounds = 1; ; rounds += 1) {
      await this.#sendAll();
      this.tell({ phase: "finishing" });
      try {
        const { video } = await this.#persist(() => this.desk.complete(this.session.id, this.stopping.signal));
        return video;
      } catch (error) {
        if (error.code !== "parts_missing" || rounds >= MOST_TRIES) throw error;
        for (const number of error.missing) this.done.delete(number);
      }
    }
  }

  async #begin() {
    this.tell({ phase: "preparing" });
    const fingerprint = await digestOfText(identityOf(this.file));
    const facts = { name: this.file.name, size: this.file.size, fingerprint, ...this.facts };
    this.session = await this.#persist(() => this.desk.begin(facts, this.stopping.signal));
  }

  /** Compares what has arrived before with the file chosen now: a file changed meanwhile must not be mixed with it. */
  async #check() {
    if (this.session.received.length) this.tell({ phase: "checking" });
    for (const { number, sha256 } of this.session.received) {
      this.#mustGoOn();
      if ((await this.#digest(number)) !== sha256) throw new FileChangedError();
      this.done.add(number);
      this.#tellBytes();
    }
  }

  async #sendAll() {
    this.tell({ phase: "sending" });
    this.#tellBytes();
    const left = partNumbers(this.session.part_count).filter((number) => !this.done.has(number));
    const signer = this.#signerOf(left);
    const workers = Array.from({ length: Math.min(this.session.parallel, left.length) }, async () => {
      while (left.length) await this.#sendPart(left.shift(), signer);
    });
    try {
      await Promise.all(workers);
    } catch (error) {
      left.length = 0;
      this.stop();
      throw error;
    }
  }

  #signerOf(numbers) {
    return new GroupSigner({
      numbers,
      size: this.session.parallel,
      digest: (number) => (this.#mustGoOn(), this.#digest(number)),
      sign: (parts) =>
        this.desk.sign(this.session.id, parts, this.pausing.signal).catch((error) => {
          error.desk = true;
          throw error;
        }),
    });
  }

  async #sendPart(number, signer) {
    for (let tries = 1, failures = 1; ; tries += 1, failures += 1) {
      try {
        await this.#unpaused();
        await this.lanes.use(() => this.#putOnce(number, signer));
        this.done.add(number);
        return;
      } catch (error) {
        if (error.name === "AbortError" && !this.stopping.signal.aborted) {
          tries = failures = 0;
        } else {
          const next = afterError(error);
          if (next === "stop" || (next !== "again" && tries >= MOST_TRIES)) throw error;
          await this.#wait(failures);
        }
      } finally {
        this.flowing.delete(number);
        this.#tellBytes();
      }
    }
  }

  async #putOnce(number, signer) {
    const part = await signer.address(number);
    if (part.received) return;
    const { signal } = this.pausing; // stopping aborts it too
    const onBytes = (bytes) => {
      this.flowing.set(number, bytes);
      this.#tellBytes();
    };
    await putPart(part, this.#slice(number), { signal, onBytes });
  }

  /** Asks the site until it answers; only its refusals come out. */
  async #persist(ask) {
    for (let failures = 1; ; failures += 1) {
      try {
        return await ask();
      } catch (error) {
        if (afterDesk(error) === "stop") throw error;
        await this.#wait(failures);
      }
    }
  }

  async #wait(failures) {
    this.tell({ phase: "waiting" });
    const over = new AbortController();
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, waitAfter(failures, Math.random()));
      const goOn = () => (clearTimeout(timer), resolve());
      addEventListener("online", goOn, { signal: over.signal });
      this.stopping.signal.addEventListener("abort", goOn, { signal: over.signal });
    });
    over.abort();
    this.#mustGoOn();
    this.tell({ phase: "sending" });
  }

  async #unpaused() {
    while (this.paused && !this.stopping.signal.aborted) {
      await new Promise((resolve) => {
        const others = this.goOn;
        this.goOn = () => (others?.(), resolve());
      });
    }
    this.#mustGoOn();
  }

  #wake() {
    const goOn = this.goOn;
    this.goOn = null;
    goOn?.();
  }

  #mustGoOn() {
    if (this.stopping.signal.aborted) throw new DOMException("stopped", "AbortError");
  }

  #slice(number) {
    const { start, end } = rangeOf(number, this.session.part_bytes, this.file.size);
    return this.file.slice(start, end);
  }

  #digest(number) {
    return this.reading.use(() => digestOf(this.#slice(number)));
  }

  #tellBytes() {
    let bytes = bytesOf(this.done, this.session.part_bytes, this.file.size);
    for (const [number, sent] of this.flowing) {
      const { start, end } = rangeOf(number, this.session.part_bytes, this.file.size);
      if (!this.done.has(number)) bytes += Math.min(sent, end - start);
    }
    this.tell({ bytes });
  }
}

function afterError(error) {
  return error.desk ? afterDesk(error) : error instanceof RefusedError ? afterStatus(error.status) : "stop";
}

/** The site's own refusals are final, but for those that pass: no answer, too busy, out of order. */
function afterDesk(error) {
  return error instanceof RefusedError && afterStatus(error.status) === "again" ? "again" : "stop";
}
