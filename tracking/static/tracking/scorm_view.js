// What stands around a package: its cover, buttons, table of contents, standing, and what is saved.
import { Contents } from "./scorm_contents.js";
import { buttonsOf, isSingle, savingOf, scoreOf } from "./scorm_page_rules.js";
import { fill } from "./words.js";

const part = (id) => document.getElementById(id);
const TYPED_INTO = new Set(["INPUT", "SELECT", "TEXTAREA"]);

export class ScormView {
  #texts;
  #labels;
  #ask;
  #contents;
  #can = {};
  #hide = [];
  #items = [];
  #unsavedSince = null;
  #pending = 0;

  // `ask` = {begin({takeOver}), request(name), choose(id)}
  constructor({ texts, labels, ask }) {
    this.#texts = texts;
    this.#labels = labels;
    this.#ask = ask;
    this.#contents = new Contents({
      list: part("contents-list"),
      sum: part("contents-sum"),
      texts,
      choose: (id) => {
        part("contents-drawer").close();
        ask.choose(id);
      },
    });
    this.#listen();
    this.outline({ items: [] });
    setInterval(() => this.saved(this.#pending), 1_000);
  }

  #listen() {
    for (const button of document.querySelectorAll("[data-request]")) {
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled") !== "true") this.#ask.request(button.dataset.request);
      });
    }
    part("start").addEventListener("click", () => this.#ask.begin({ takeOver: part("start").dataset.takes === "over" }));
    part("fullscreen").addEventListener("click", () => this.#toggleFullscreen());
    part("help").addEventListener("click", () => part("help-dialog").showModal());
    part("contents-open").addEventListener("click", () => this.#openDrawer());
    part("contents-drawer").addEventListener("close", () => part("contents-home").append(part("contents")));
    part("to-content").addEventListener("click", () => part("stage").focus());
    document.addEventListener("fullscreenchange", () => this.#showFullscreen());
    document.addEventListener("keydown", (event) => this.#key(event));
    for (const name of ["online", "offline"]) addEventListener(name, () => this.saved(this.#pending));
  }

  // --- the cover over the frame -----------------------------------------------------------------------------------
  // `title` and `text` say what is the matter, `label` what its button does; `takes` is "over" where it takes over.
  cover({ name, title, text = "", label = "", takes = "" }) {
    const cover = part("scorm-cover");
    const hadFocus = document.activeElement === part("stage") || cover.contains(document.activeElement);
    cover.dataset.cover = name;
    part("cover-title").textContent = title;
    part("cover-text").textContent = text;
    part("cover-text").hidden = text === "";
    part("start").textContent = label;
    part("start").hidden = label === "";
    part("start").dataset.takes = takes;
    part("cover-ways").hidden = name === "loading";
    cover.hidden = false;
    part("stage").tabIndex = -1;
    part("stage").inert = true;
    part("player").dataset.covered = name;
    if (hadFocus && name !== "loading") part("cover-title").focus({ preventScroll: true });
  }

  // The whole of the player is brought into sight, so that its buttons are there without scrolling.
  uncover() {
    if (this.isCovered) part("player").scrollIntoView({ block: "nearest" });
    part("scorm-cover").hidden = true;
    part("stage").inert = false;
    part("stage").removeAttribute("tabindex");
    delete part("player").dataset.covered;
  }

  get isCovered() {
    return !part("scorm-cover").hidden;
  }

  focusContent() {
    part("stage").focus({ preventScroll: true });
  }

  // --- what the stage tells ---------------------------------------------------------------------------------------
  outline({ items = this.#items, can = this.#can, hide = this.#hide }) {
    [this.#items, this.#can, this.#hide] = [items, can, hide];
    const single = isSingle(items);
    part("player").dataset.single = String(single);
    part("contents-open").hidden = single;
    part("contents").hidden = single;
    part("study").dataset.single = String(single);
    this.#contents.show(items);
    for (const { request, isShown, isEnabled } of buttonsOf({ can, hide, isSingle: single })) {
      const button = document.querySelector(`[data-request="${request}"]`);
      button.hidden = !isShown;
      button.setAttribute("aria-disabled", String(!isEnabled));
    }
  }

  item({ title = "", state = "none" }) {
    part("player").dataset.item = state;
    part("scorm-now").textContent = state === "none" ? "" : title;
    part("stage").title = title ? fill(this.#texts.frameOf, { title }) : this.#texts.frame;
  }

  standing(standing) {
    const { completion = "unknown", success = "unknown", progress = null } = standing;
    const score = scoreOf(standing);
    const say = (id, word, value) => {
      part(id).textContent = word;
      part(id).dataset.value = value;
    };
    say("standing-completion", this.#labels.completion[completion] ?? completion, completion);
    say("standing-success", this.#labels.success[success] ?? success, success);
    say("standing-score", score || this.#texts.noScore, score);
    part("standing-progress-row").hidden = !(progress > 0);
    say("standing-progress", `${Math.round((progress ?? 0) * 100)}%`, String(progress ?? ""));
  }

  // How many commits wait to be stored.
  saved(pending) {
    this.#pending = pending;
    if (pending === 0) this.#unsavedSince = null;
    else this.#unsavedSince ??= performance.now();
    const sinceMs = this.#unsavedSince === null ? 0 : performance.now() - this.#unsavedSince;
    const name = savingOf({ pending, isOnline: navigator.onLine, sinceMs });
    const line = part("scorm-saved");
    const text = line.dataset.idle === "true" ? "" : fill(this.#texts[name], { pending });
    line.dataset.saving = name;
    line.dataset.pending = String(pending);
    if (line.textContent !== text) line.textContent = text;
  }

  // Nothing is ever saved of this run, or from now on it is.
  records(isRecorded) {
    part("scorm-saved").dataset.idle = String(!isRecorded);
    this.saved(this.#pending);
  }

  notice(text) {
    part("scorm-notice").textContent = text;
    part("scorm-notice").hidden = text === "";
  }

  // --- the screen, the drawer and the keyboard ----------------------------------------------------------------------
  // The whole player, so that its buttons and dialogs stay; where a browser cannot, it fills the window.
  async #toggleFullscreen() {
    const player = part("player");
    if (document.fullscreenElement) await document.exitFullscreen();
    else if (player.requestFullscreen) await player.requestFullscreen();
    else player.classList.toggle("player--fills");
    this.#showFullscreen();
  }

  #showFullscreen() {
    const isFull = document.fullscreenElement !== null || part("player").classList.contains("player--fills");
    part("fullscreen").setAttribute("aria-pressed", String(isFull));
    part("fullscreen").setAttribute("aria-label", isFull ? this.#texts.exitFullscreen : this.#texts.fullscreen);
  }

  #openDrawer() {
    part("contents-drawer-place").append(part("contents"));
    part("contents-drawer").showModal();
    part("contents-list").querySelector("[aria-current]")?.focus();
  }

  // Keys pressed inside of the content are the content's own and never come here.
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (TYPED_INTO.has(event.target?.tagName) || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key === "f") this.#toggleFullscreen();
    else if (key === "o" && !part("contents-open").hidden) this.#openDrawer();
    else if (key === "c" && !this.isCovered) this.focusContent();
    else if (event.key === "?") part("help-dialog").showModal();
  }
}
