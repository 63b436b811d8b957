/** What one sees of uploads: a line for every file on its way, and the list of those that were interrupted. */

import { bytesText, clockText, fill, milestone, secondsLeft, speedOf, withSample } from "./upload_rules.js";

/** A file: its name, bar, figures and buttons. `isBusy` while leaving the page would interrupt it. */
export class FileRow {
  constructor(file, { texts, pause, cancel, retry, restart }) {
    Object.assign(this, { texts, name: file.name, size: file.size, isBusy: true, samples: [], said: -1, phase: "preparing" });
    this.element = make("li", "uploader__file");
    this.title = make("span", "uploader__name", file.name);
    this.bar = make("progress", "uploader__bar");
    this.bar.max = file.size;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", fill(texts.progress_of, { name: file.name }));
    this.figures = make("span", "uploader__figures", texts.preparing);
    this.spoken = make("span", "uploader__spoken");
    this.spoken.setAttribute("role", "status");
    this.pauseButton = button(texts.pause, texts.pause_of, file.name, pause);
    this.retryButton = button(texts.retry, texts.retry_of, file.name, () => (this.changed ? restart() : retry()));
    this.cancelButton = button(texts.cancel, texts.cancel_of, file.name, cancel);
    this.retryButton.hidden = true;
    this.buttons = make("span", "uploader__buttons");
    this.buttons.append(this.pauseButton, this.retryButton, this.cancelButton);
    this.element.append(this.title, this.bar, this.figures, this.buttons, this.spoken);
  }

  tell(news) {
    if (news.phase) this.#enter(news.phase);
    if ("bytes" in news) this.#arrive(news.bytes);
  }

  showPaused(paused) {
    const { texts } = this;
    this.samples = [];
    label(this.pauseButton, paused ? texts.resume : texts.pause, paused ? texts.resume_of : texts.pause_of, this.name);
    this.paused = paused;
    this.#draw();
    this.#say(paused ? texts.paused : texts.sending);
  }

  fail(words, { changed }) {
    this.changed = changed;
    this.isBusy = false;
    this.element.classList.add("uploader__file--failed");
    this.figures.textContent = words;
    this.#say(words);
    this.pauseButton.hidden = true;
    this.retryButton.hidden = false;
    this.retryButton.textContent = changed ? this.texts.restart : this.texts.retry;
  }

  finish(video) {
    this.isBusy = false;
    this.bar.value = this.size;
    this.element.classList.add("uploader__file--done");
    this.figures.textContent = fill(this.texts.done, { size: bytesText(this.size) });
    this.#say(fill(this.texts.done_of, { name: this.name }));
    const link = make("a", "uploader__link", this.texts.look);
    link.href = video.url;
    link.setAttribute("aria-label", fill(this.texts.look_of, { name: this.name }));
    const hadFocus = this.buttons.contains(document.activeElement);
    this.buttons.replaceChildren(link);
    if (hadFocus) link.focus();
  }

  remove() {
    this.element.remove();
  }

  #enter(phase) {
    if (phase === this.phase) return;
    if (phase === "preparing") this.#revive();
    if (phase !== "sending" || this.phase !== "waiting") this.samples = [];
    this.phase = phase;
    if (phase === "waiting") this.#say(this.texts.waiting);
    this.#draw();
  }

  #revive() {
    this.isBusy = true;
    this.element.classList.remove("uploader__file--failed");
    this.pauseButton.hidden = false;
    this.retryButton.hidden = true;
  }

  #arrive(bytes) {
    this.bytes = bytes;
    this.bar.value = bytes;
    if (this.phase === "sending" && !this.paused) this.samples = withSample(this.samples, performance.now(), bytes);
    const percent = milestone((bytes * 100) / this.size);
    if (percent > this.said && percent > 0) {
      this.said = percent;
      this.#say(fill(this.texts.percent_of, { name: this.name, percent }));
    }
    this.#draw();
  }

  #draw() {
    const arrived = fill(this.texts.arrived, { bytes: bytesText(this.bytes ?? 0), size: bytesText(this.size) });
    if (this.paused) this.figures.textContent = `${arrived} · ${this.texts.paused}`;
    else if (this.phase !== "sending") this.figures.textContent = `${arrived} · ${this.texts[this.phase]}`;
    else this.figures.textContent = [arrived, ...this.#pace()].join(" · ");
  }

  #pace() {
    const speed = speedOf(this.samples);
    const seconds = secondsLeft(this.size - (this.bytes ?? 0), speed);
    if (seconds === null) return [this.texts.sending];
    const rate = fill(this.texts.speed, { speed: bytesText(speed) });
    return [rate, fill(this.texts.left, { time: clockText(seconds) })];
  }

  #say(text) {
    this.spoken.textContent = text;
  }
}

/** Uploads that were interrupted: choosing the same file again goes on with them. */
export class UnfinishedList {
  constructor(element, { desk, texts, busy }) {
    Object.assign(this, { element, desk, texts, busy });
  }

  async refresh() {
    const { uploads } = await this.desk.unfinished().catch(() => ({ uploads: [] }));
    const others = uploads.filter((upload) => !this.busy().has(`${upload.name}\n${upload.size}`));
    this.element.querySelector("ul").replaceChildren(...others.map((upload) => this.#row(upload)));
    this.element.hidden = others.length === 0;
  }

  #row(upload) {
    const row = make("li", "uploader__file");
    const facts = { bytes: bytesText(upload.received_bytes), size: bytesText(upload.size) };
    const drop = button(this.texts.give_up, this.texts.give_up_of, upload.name, async () => {
      drop.disabled = true;
      await this.desk.abort(upload.id).catch(() => {});
      await this.refresh();
    });
    const bar = make("progress", "uploader__bar");
    bar.max = upload.size;
    bar.value = upload.received_bytes;
    bar.setAttribute("aria-label", fill(this.texts.progress_of, { name: upload.name }));
    const buttons = make("span", "uploader__buttons");
    buttons.append(drop);
    row.append(make("span", "uploader__name", upload.name), bar);
    row.append(make("span", "uploader__figures", fill(this.texts.arrived, facts)), buttons);
    return row;
  }
}

function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function button(words, spokenWords, name, onClick) {
  const element = make("button", "button button-small button-secondary");
  element.type = "button";
  label(element, words, spokenWords, name);
  element.addEventListener("click", onClick);
  return element;
}

function label(element, words, spokenWords, name) {
  element.textContent = words;
  element.setAttribute("aria-label", fill(spokenWords, { name }));
}
