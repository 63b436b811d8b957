// The player's own controls: they only ask; what may happen is decided in player.js.
import { actionOf } from "./keyboard.js";
import { furthest } from "./intervals.js";
import { clock, fill } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP_MS = 5_000;

export class Controls {
  #video;
  #texts;
  #durationMs;
  #part = (id) => document.getElementById(id);
  #isDragging = false;

  constructor({ video, texts, durationMs, ask }) {
    this.#video = video;
    this.#texts = texts;
    this.#durationMs = durationMs;
    for (const id of ["screen", "controls", "start"]) this.#part(id).hidden = false;
    this.#part("plain").hidden = true;
    this.#listen(ask);
    this.refresh();
  }

  #listen(ask) {
    const part = this.#part;
    const run = {
      toggle: () => (this.#video.paused ? ask.play() : ask.pause()),
      back: () => ask.seek(this.#video.currentTime * 1000 - STEP_MS),
      forward: () => ask.seek(this.#video.currentTime * 1000 + STEP_MS),
      louder: () => (this.#video.volume = Math.min(1, this.#video.volume + 0.1)),
      softer: () => (this.#video.volume = Math.max(0, this.#video.volume - 0.1)),
      mute: () => (this.#video.muted = !this.#video.muted),
      captions: () => ask.captions(),
      fullscreen: () => this.#toggleFullscreen(),
      help: () => part("help-dialog").showModal(),
    };
    part("start").addEventListener("click", run.toggle);
    part("play").addEventListener("click", run.toggle);
    part("mute").addEventListener("click", run.mute);
    part("captions")?.addEventListener("click", run.captions);
    part("fullscreen").addEventListener("click", run.fullscreen);
    part("help").addEventListener("click", run.help);
    part("speed").addEventListener("change", (event) => ask.rate(Number(event.target.value)));
    part("quality").addEventListener("change", (event) => ask.quality(event.target.value));
    part("caption-language")?.addEventListener("change", (event) => ask.captionLanguage(event.target.value));
    part("caption-size")?.addEventListener("change", (event) => ask.captionSize(event.target.value));
    part("settings").addEventListener("click", () => this.#toggleSettings());
    part("stream-retry").addEventListener("click", ask.retry);
    const seek = part("seek");
    seek.addEventListener("input", () => {
      this.#isDragging = true;
      this.#showTime(Number(seek.value));
    });
    seek.addEventListener("change", () => {
      this.#isDragging = false;
      ask.seek(Number(seek.value));
    });
    this.#video.addEventListener("click", run.toggle);
    document.addEventListener("keydown", (event) => {
      if (document.querySelector("dialog[open]")) return;
      const action = actionOf(event);
      if (!action) return;
      event.preventDefault();
      run[action]();
    });
    document.addEventListener("fullscreenchange", () => this.refresh());
    for (const name of ["play", "pause", "volumechange", "ended"]) this.#video.addEventListener(name, () => this.refresh());
  }

  refresh() {
    const { paused, muted } = this.#video;
    const isFull = this.isFull;
    const part = this.#part;
    this.#press("play", paused ? this.#texts.play : this.#texts.pause, !paused, "icon--play", "icon--pause");
    this.#press("mute", muted ? this.#texts.unmute : this.#texts.mute, muted, "icon--sound", "icon--muted");
    this.#press("fullscreen", isFull ? this.#texts.exitFullscreen : this.#texts.fullscreen, isFull);
    part("start").hidden = !paused;
  }

  #press(id, label, isPressed, offIcon, onIcon) {
    const button = this.#part(id);
    button.setAttribute("aria-label", label);
    if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(isPressed));
    if (!offIcon) return;
    const icon = button.querySelector(".icon");
    icon.classList.toggle(offIcon, !isPressed);
    icon.classList.toggle(onIcon, isPressed);
  }

  position(milliseconds) {
    if (!this.#isDragging) {
      this.#part("seek").value = milliseconds;
      this.#showTime(milliseconds);
    }
  }

  #showTime(milliseconds) {
    const words = { position: clock(milliseconds), duration: clock(this.#durationMs) };
    this.#part("time").textContent = words.position;
    this.#part("seek").setAttribute("aria-valuetext", fill(this.#texts.seekValue, words));
  }

  // Draw what was credited, so that a hole can be seen.
  coverage(intervals) {
    const scale = 1000 / Math.max(this.#durationMs, furthest(intervals), 1);
    const bars = intervals.map(([start, end]) => {
      const bar = document.createElementNS(SVG, "rect");
      bar.setAttribute("x", String(start * scale));
      bar.setAttribute("width", String((end - start) * scale));
      bar.setAttribute("height", "4");
      return bar;
    });
    this.#part("coverage").replaceChildren(...bars);
  }

  rate(rate) {
    this.#part("speed").value = String(rate);
  }

  notice(text) {
    this.#part("notice").textContent = text;
  }

  // `rungs` from the best to the lightest; sound alone where the film has sound.
  qualities(rungs, hasSound, chosen) {
    const names = rungs.length > 1 || hasSound ? rungs.map(({ name }) => [name, name]) : [];
    const sound = hasSound ? [["audio", this.#texts.soundOnly]] : [];
    const options = [["auto", this.#texts.qualityAuto], ...names, ...sound].map(([value, label]) => {
      return new Option(label, value, false, value === chosen);
    });
    this.#part("quality").replaceChildren(...options);
    if (!options.some(({ selected }) => selected)) options[0].selected = true;
  }

  // What the network allows right now, said beside "automatic".
  level(name, isAuto) {
    const option = this.#part("quality").options[0];
    option.label = option.text = isAuto && name ? `${this.#texts.qualityAuto}（${name}）` : this.#texts.qualityAuto;
  }

  captions(language) {
    const button = this.#part("captions");
    if (!button) return;
    const isOn = language !== "off";
    button.setAttribute("aria-pressed", String(isOn));
    button.setAttribute("aria-label", isOn ? this.#texts.captionsOff : this.#texts.captionsOn);
    this.#part("caption-language").value = language;
  }

  captionSize(size) {
    if (this.#part("caption-size")) this.#part("caption-size").value = size;
  }

  // What keeps the film from coming, with a way to try again; "" takes it away.
  trouble(text) {
    this.#part("stream-message").hidden = text === "";
    if (this.#part("stream-text").textContent !== text) this.#part("stream-text").textContent = text;
  }

  // The film is only heard: say so where the picture would be.
  soundOnly(isOn) {
    this.#part("sound-only").hidden = !isOn;
  }

  #toggleSettings() {
    const button = this.#part("settings");
    const isOpen = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(isOpen));
    this.#part("settings-panel").hidden = !isOpen;
  }

  get isFull() {
    return document.fullscreenElement !== null || this.#part("player").classList.contains("player--fills");
  }

  // The whole player, never the bare video: its owner's name stays over the picture. Where the browser can fill the screen
  // with nothing but a video, the player fills the window instead.
  async #toggleFullscreen() {
    const player = this.#part("player");
    if (document.fullscreenElement) await document.exitFullscreen();
    else if (player.requestFullscreen) await player.requestFullscreen();
    else player.classList.toggle("player--fills");
    this.refresh();
  }
}
