// Captions: which language, how large.
import { keepWish, readWishes } from "./wishes.js";

export const OFF = "off";
const SIZES = new Set(["small", "normal", "large", "huge"]);

export class Captions {
  #video;
  #player;
  #language;
  #last = null; // what the key brings back
  #on;

  // `change(language)` is called whenever another language shows.
  constructor({ video, player, change }) {
    const { captions = OFF, captionSize } = readWishes();
    this.#video = video;
    this.#player = player;
    this.#language = captions;
    this.#on = change;
    this.resize(captionSize);
  }

  // The tracks of a film: `urlOf(path)` says where they lie under the newest lease.
  load(tracks, urlOf) {
    const known = [...this.#video.querySelectorAll("track")];
    for (const [number, track] of known.entries())
      if (track.readyState !== HTMLTrackElement.LOADED) track.src = urlOf(tracks[number].path);
    if (known.length > 0) return;
    for (const { language, label, path } of tracks) {
      const track = document.createElement("track");
      Object.assign(track, { kind: "captions", srclang: language, label, src: urlOf(path) });
      this.#video.append(track);
    }
    this.#last = tracks.some(({ language }) => language === this.#language) ? this.#language : tracks[0]?.language;
    this.#show();
  }

  get language() {
    return this.#language;
  }

  get size() {
    return this.#player.dataset.captionSize;
  }

  choose(language) {
    this.#language = language;
    if (language !== OFF) this.#last = language;
    keepWish("captions", language);
    this.#show();
  }

  toggle() {
    this.choose(this.#language === OFF ? (this.#last ?? OFF) : OFF);
  }

  resize(size) {
    this.#player.dataset.captionSize = SIZES.has(size) ? size : "normal";
    if (SIZES.has(size)) keepWish("captionSize", size);
  }

  #show() {
    for (const track of this.#video.textTracks) {
      if (track.kind === "captions") track.mode = track.language === this.#language ? "showing" : "disabled";
    }
    this.#on(this.#language);
  }
}
