// Small pictures of the film above the seek bar.
import { clock } from "./words.js";

// "00:01:05.250" is 65,250.
function milliseconds(text) {
  return text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
}

// The pictures that a WebVTT file names: [{start, end, url, x, y, width, height}], times in milliseconds.
export function parsePreviews(text, baseUrl) {
  return text
    .split(/\r?\n\r?\n/)
    .map((cue) => cue.match(/([\d:.]+)\s+-->\s+([\d:.]+).*\r?\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/))
    .filter(Boolean)
    .map(([, start, end, url, x, y, width, height]) => ({
      start: milliseconds(start),
      end: milliseconds(end),
      url: new URL(url, baseUrl).href,
      ...{ x: Number(x), y: Number(y), width: Number(width), height: Number(height) },
    }));
}

export function pictureAt(pictures, positionMs) {
  return pictures.find(({ start, end }) => positionMs >= start && positionMs < end) ?? null;
}

export class Previews {
  #seek;
  #box;
  #picture;
  #time;
  #durationMs;
  #chapterAt;
  #load = null; // gives the pictures; asked when somebody first points at the bar
  #pictures = null;

  constructor({ part, durationMs, chapterAt }) {
    this.#seek = part("seek");
    this.#box = part("preview");
    this.#picture = part("preview-picture");
    this.#time = part("preview-time");
    this.#durationMs = durationMs;
    this.#chapterAt = chapterAt;
    this.#seek.addEventListener("pointermove", (event) => this.#point(event));
    this.#seek.addEventListener("input", () => this.show(Number(this.#seek.value)));
    for (const name of ["pointerleave", "blur", "change"]) this.#seek.addEventListener(name, () => this.hide());
  }

  // `load` reads the file of pictures; addresses in it work for a few minutes, so it is read anew after `lastsMs`.
  use(load, lastsMs) {
    this.#load = load;
    this.#pictures = null;
    this.lastsMs = lastsMs;
  }

  #point({ offsetX }) {
    const share = Math.min(1, Math.max(0, offsetX / this.#seek.clientWidth));
    this.show(share * this.#durationMs);
  }

  async show(positionMs) {
    const title = this.#chapterAt(positionMs);
    this.#time.textContent = title ? `${clock(positionMs)} ${title}` : clock(positionMs);
    this.#box.hidden = false;
    this.#box.style.setProperty("--at", String(positionMs / this.#durationMs));
    const picture = pictureAt(await this.#read(), positionMs);
    this.#picture.hidden = picture === null;
    if (picture === null) return;
    const { style } = this.#picture;
    style.width = `${picture.width}px`;
    style.height = `${picture.height}px`;
    style.backgroundImage = `url("${picture.url}")`;
    style.backgroundPosition = `-${picture.x}px -${picture.y}px`;
  }

  hide() {
    this.#box.hidden = true;
  }

  async #read() {
    if (!this.#load) return [];
    if (!this.#pictures || performance.now() > this.#pictures.until) {
      const reading = this.#load().catch(() => []);
      this.#pictures = { reading, until: performance.now() + this.lastsMs };
    }
    return this.#pictures.reading;
  }
}
