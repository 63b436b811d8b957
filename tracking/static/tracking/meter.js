// The panel that shows what counts, what does not, and why.
import { clock, fill } from "./words.js";

const SHOWN_FROM_MS = 1_000; // parts of a second are no loss to explain

export class Meter {
  #texts;
  #reasons;
  #sums;
  #parts;

  constructor({ texts, reasons, notCounted }) {
    this.#texts = texts;
    this.#reasons = reasons;
    this.#sums = { ...notCounted };
    const part = (id) => document.getElementById(id);
    this.#parts = {
      credited: part("meter-credited"),
      pending: part("meter-pending"),
      provisional: part("meter-provisional"),
      bar: part("meter-bar"),
      progress: part("meter-progress"),
      state: part("meter-state"),
      detail: part("meter-detail"),
      note: part("meter-note"),
      takeOver: part("take-over"),
      toChallenge: part("to-challenge"),
      list: part("not-counted-list"),
      after: part("after-lesson"),
    };
  }

  // `name` is one of the texts; `detail` explains further and is read out at once.
  show(name, detail = "") {
    const { state, detail: line } = this.#parts;
    if (state.dataset.state !== name) {
      state.dataset.state = name;
      state.textContent = this.#texts[name];
    }
    if (line.textContent !== detail) line.textContent = detail;
    line.hidden = detail === "";
  }

  get state() {
    return this.#parts.state.dataset.state;
  }

  offerTakeOver(isOffered) {
    this.#parts.takeOver.hidden = !isOffered;
  }

  offerChallenge(isOffered) {
    this.#parts.toChallenge.hidden = !isOffered;
  }

  credit(creditedMs, requiredMs) {
    const shown = Math.min(creditedMs, requiredMs);
    this.#parts.credited.textContent = clock(shown);
    this.#parts.bar.value = shown;
  }

  // Played but not confirmed by the server yet.
  pending(milliseconds) {
    this.#parts.pending.hidden = milliseconds < 1_000;
    this.#parts.pending.textContent = fill(this.#texts.pending, { time: clock(milliseconds) });
  }

  // Watched, but to be counted only when a challenge is answered.
  provisional(milliseconds) {
    this.#parts.provisional.hidden = milliseconds < 1_000;
    this.#parts.provisional.textContent = fill(this.#texts.provisional, { time: clock(milliseconds) });
  }

  // What has just come about and stays true: unlike the state, it is not overtaken by the next second.
  note(text) {
    this.#parts.note.hidden = text === "";
    this.#parts.note.textContent = text;
  }

  complete() {
    this.#parts.progress.classList.add("progress--done");
    this.#parts.after.hidden = false;
  }

  addNotCounted(milliseconds) {
    for (const [reason, ms] of Object.entries(milliseconds ?? {})) {
      if (reason !== "wrong_sequence") this.#sums[reason] = (this.#sums[reason] ?? 0) + ms; // sent twice: nothing is lost
    }
    const rows = Object.entries(this.#sums).filter(([, ms]) => ms >= SHOWN_FROM_MS);
    if (rows.length === 0) return;
    this.#parts.list.replaceChildren(...rows.sort().map(([reason, ms]) => this.#row(reason, ms)));
  }

  #row(reason, ms) {
    const row = document.createElement("li");
    const label = document.createElement("span");
    const figure = document.createElement("span");
    row.dataset.reason = reason;
    label.textContent = this.#reasons[reason] ?? reason;
    figure.textContent = clock(ms);
    figure.className = "number";
    row.append(label, " ", figure);
    return row;
  }
}
