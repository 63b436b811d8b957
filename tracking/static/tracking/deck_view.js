// The slides as they are seen: it only shows and asks; what may happen is decided in slides.js.
import { swipeOf, turnOf } from "./page_keys.js";
import { fill } from "./words.js";

const LONGEST_ALT = 600;
const STATE_TEXTS = { read: "pageStateRead", begun: "pageStateBegun", unread: "pageStateUnread" };
const SVG = "http://www.w3.org/2000/svg";

export class DeckView {
  #texts;
  #pageCount;
  #ask;
  #part = (id) => document.getElementById(id);
  #deck = null; // {base, pages, widths}
  #facts = []; // {width, height, text} of each page
  #page = 0;
  #wanted = "";
  #stroke = null;

  // `ask` hears turn(page), retry(), drawn(page) and lost(page).
  constructor({ texts, pageCount, ask }) {
    this.#texts = texts;
    this.#pageCount = pageCount;
    this.#ask = ask;
    this.#part("screen").hidden = false;
    this.#part("controls").hidden = false;
    this.#part("plain").hidden = true;
    this.#listen();
  }

  get page() {
    return this.#page;
  }

  // Where the pictures lie from now on; the texts come when they come.
  async use(deck) {
    this.#deck = deck;
    if (this.#facts.length > 0) return;
    const response = await fetch(deck.base + deck.texts).catch(() => null);
    if (!response?.ok) return;
    this.#facts = (await response.json()).pages;
    this.#describe();
  }

  show(page) {
    const isOther = page !== this.#page;
    this.#page = page;
    this.#part("deck-number").textContent = String(page + 1);
    this.#part("deck-previous").disabled = page === 0;
    this.#part("deck-next").disabled = page === this.#pageCount - 1;
    if (isOther) this.#say(this.#words("pageOf"));
    this.trouble("");
    if (this.#deck === null) return;
    const picture = this.#part("deck-picture");
    const { width, height } = this.#facts[page] ?? {};
    if (width) {
      picture.width = width;
      picture.height = height;
    }
    this.#wanted = this.#address(page, 800);
    picture.classList.add("deck__picture--waiting");
    picture.sizes = this.#sizes();
    picture.srcset = this.#sources(page);
    picture.src = this.#wanted;
    this.#part("deck-frame").scrollTo(0, 0);
    this.#describe();
  }

  // Fetch the next page while this one is being read.
  prepare(page) {
    if (this.#deck === null || page >= this.#pageCount) return;
    const picture = new Image();
    picture.sizes = this.#sizes();
    picture.srcset = this.#sources(page);
  }

  // What of the page is left, as a ring and in words.
  time({ leftMs, pageMs, isCounted }) {
    this.#part("deck-time").hidden = !isCounted;
    const done = Math.round(((pageMs - leftMs) / pageMs) * 100);
    const ring = `${done} 100`;
    if (this.#part("deck-ring").getAttribute("stroke-dasharray") !== ring)
      this.#part("deck-ring").setAttribute("stroke-dasharray", ring);
    const words = leftMs === 0 ? this.#texts.pageDone : fill(this.#texts.pageLeft, { seconds: Math.ceil(leftMs / 1000) });
    if (this.#part("deck-left").textContent !== words) this.#part("deck-left").textContent = words;
    this.#part("deck-time").classList.toggle("deck__time--done", leftMs === 0);
  }

  // What has been read of the whole deck.
  coverage(intervals, durationMs) {
    const bars = intervals.map(([start, end]) => {
      const bar = document.createElementNS(SVG, "rect");
      bar.setAttribute("x", String((start * 1000) / durationMs));
      bar.setAttribute("width", String(((end - start) * 1000) / durationMs));
      bar.setAttribute("height", "4");
      return bar;
    });
    this.#part("coverage").replaceChildren(...bars);
  }

  trouble(text) {
    this.#part("deck-message").hidden = text === "";
    this.#part("deck-trouble").textContent = text;
  }

  overview(states) {
    const read = states.filter((state) => state === "read").length;
    this.#part("deck-overview-sum").textContent = fill(this.#texts.pagesRead, { read, pages: this.#pageCount });
    this.#part("deck-pages").replaceChildren(...states.map((state, page) => this.#entry(state, page)));
    this.#part("deck-overview").showModal();
    this.#part("deck-pages").querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }

  #entry(state, page) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const picture = new Image();
    button.type = "button";
    button.className = `deck__entry deck__entry--${state}`;
    button.setAttribute("aria-label", fill(this.#texts[STATE_TEXTS[state]], { page: page + 1 }));
    if (page === this.#page) button.setAttribute("aria-current", "page");
    picture.loading = "lazy";
    picture.alt = "";
    picture.width = 120;
    picture.height = 68;
    if (this.#deck) picture.src = this.#address(page, Math.min(...this.#deck.widths));
    const number = document.createElement("span");
    number.className = "number";
    number.textContent = String(page + 1);
    button.append(picture, number);
    button.addEventListener("click", () => {
      this.#part("deck-overview").close();
      this.#ask.turn(page);
    });
    item.append(button);
    return item;
  }

  // --- the picture ------------------------------------------------------------------------------------------------
  #address(page, width) {
    return `${this.#deck.base}${this.#deck.pages}${String(page + 1).padStart(4, "0")}-${width}.webp`;
  }

  #sources(page) {
    return this.#deck.widths
      .filter((width) => width >= 800)
      .map((width) => `${this.#address(page, width)} ${width}w`)
      .join(", ");
  }

  #sizes() {
    const share = this.#isEnlarged ? 2 : 1;
    return `(min-width: 56rem) ${share * 54}rem, ${share * 94}vw`;
  }

  #describe() {
    const text = this.#facts[this.#page]?.text ?? "";
    const alt = text.replaceAll("\n", " ").slice(0, LONGEST_ALT);
    this.#part("deck-picture").alt = fill(alt ? this.#texts.pageAlt : this.#texts.pageAltEmpty, {
      page: this.#page + 1,
      text: alt,
    });
    this.#part("deck-text").hidden = this.#facts.length === 0;
    const lines = (text || this.#texts.noPageText).split("\n").map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    });
    this.#part("deck-lines").replaceChildren(...lines);
  }

  #words(name) {
    return fill(this.#texts[name], { page: this.#page + 1, pages: this.#pageCount });
  }

  #say(text) {
    this.#part("deck-said").textContent = text;
  }

  // --- what is asked ----------------------------------------------------------------------------------------------
  #listen() {
    const part = this.#part;
    const run = {
      next: () => this.#ask.turn(this.#page + 1),
      previous: () => this.#ask.turn(this.#page - 1),
      first: () => this.#ask.turn(0),
      last: () => this.#ask.turn(this.#pageCount - 1),
      overview: () => this.#ask.overview(),
      zoom: () => this.#zoom(),
      fullscreen: () => this.#toggleFullscreen(),
      help: () => part("help-dialog").showModal(),
    };
    part("deck-next").addEventListener("click", run.next);
    part("deck-previous").addEventListener("click", run.previous);
    part("deck-overview-open").addEventListener("click", run.overview);
    part("deck-zoom").addEventListener("click", run.zoom);
    part("fullscreen").addEventListener("click", run.fullscreen);
    part("help").addEventListener("click", run.help);
    part("deck-retry").addEventListener("click", () => this.#ask.retry());
    document.addEventListener("keydown", (event) => {
      if (document.querySelector("dialog[open]")) return;
      const isOnPage = event.target === part("deck-frame");
      const turn = turnOf(event, { isEnlarged: this.#isEnlarged, isOnPage });
      if (!turn) return;
      event.preventDefault();
      run[turn]();
    });
    document.addEventListener("fullscreenchange", () => this.#showFullscreen());
    this.#listenToFingers(run);
    const picture = part("deck-picture");
    picture.addEventListener("load", () => this.#loaded());
    picture.addEventListener("error", () => (this.#deck === null ? null : this.#ask.lost(this.#page)));
    picture.addEventListener("contextmenu", (event) => event.preventDefault()); // saving is not offered
  }

  #loaded() {
    const picture = this.#part("deck-picture");
    if (this.#deck === null || picture.getAttribute("src") !== this.#wanted) return;
    picture.classList.remove("deck__picture--waiting");
    this.#ask.drawn(this.#page);
  }

  #listenToFingers(run) {
    const frame = this.#part("deck-frame");
    frame.addEventListener(
      "touchstart",
      ({ touches }) => {
        const isOne = touches.length === 1 && !this.#isEnlarged;
        this.#stroke = isOne ? { x: touches[0].clientX, y: touches[0].clientY, at: performance.now() } : null;
      },
      { passive: true },
    );
    frame.addEventListener(
      "touchend",
      ({ changedTouches }) => {
        if (this.#stroke === null) return;
        const { x, y, at } = this.#stroke;
        this.#stroke = null;
        const [{ clientX, clientY }] = changedTouches;
        const turn = swipeOf({ dx: clientX - x, dy: clientY - y, ms: performance.now() - at });
        if (turn) run[turn]();
      },
      { passive: true },
    );
  }

  get #isEnlarged() {
    return this.#part("deck-frame").classList.contains("deck__frame--enlarged");
  }

  #zoom() {
    const isEnlarged = this.#part("deck-frame").classList.toggle("deck__frame--enlarged");
    this.#part("deck-zoom").setAttribute("aria-pressed", String(isEnlarged));
    this.#part("deck-frame").scrollTo(0, 0);
    this.#part("deck-zoom-label").textContent = isEnlarged ? this.#texts.zoomOut : this.#texts.zoomIn;
    this.#part("deck-picture").sizes = this.#sizes();
  }

  // The whole player, so that its owner's name stays over the picture; where the browser cannot, the window is filled.
  async #toggleFullscreen() {
    const player = this.#part("player");
    if (document.fullscreenElement) await document.exitFullscreen();
    else if (player.requestFullscreen) await player.requestFullscreen();
    else player.classList.toggle("player--fills");
    this.#showFullscreen();
  }

  #showFullscreen() {
    const isFull = document.fullscreenElement !== null || this.#part("player").classList.contains("player--fills");
    const button = this.#part("fullscreen");
    button.setAttribute("aria-pressed", String(isFull));
    button.setAttribute("aria-label", isFull ? this.#texts.exitFullscreen : this.#texts.fullscreen);
  }
}
