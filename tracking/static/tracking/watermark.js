// Whose film it is, written over the picture: it wanders, so that it can be neither cut off nor painted over once.

const MOVE_MS = 20_000;
const CHECK_MS = 2_000;
const SPOTS = 12;
const UPPER = 0.62;

// Where it stands next, in shares of what is free: never twice at one spot, never in the lower third, where captions are.
export function nextSpot(before, random = Math.random) {
  const spot = (before + 1 + Math.floor(random() * (SPOTS - 1))) % SPOTS;
  return { spot, left: ((spot % 4) + random()) / 4, top: (Math.floor(spot / 4) + random()) / 3 };
}

// Where the picture lies in its box: a film that is not as wide or as high as the box has bars beside it.
export function pictureIn({ width, height }, { videoWidth, videoHeight }) {
  if (!(videoWidth > 0 && videoHeight > 0)) return { x: 0, y: 0, width, height };
  const scale = Math.min(width / videoWidth, height / videoHeight);
  const shown = { width: videoWidth * scale, height: videoHeight * scale };
  return { x: (width - shown.width) / 2, y: (height - shown.height) / 2, ...shown };
}

export class Watermark {
  #screen;
  #video;
  #text;
  #mark = null;
  #at = { spot: 0, left: 0, top: 0 };
  #words = "";

  constructor({ screen, video, text }) {
    this.#screen = screen;
    this.#video = video;
    this.#text = text;
    this.#draw();
    this.#move();
    new ResizeObserver(() => this.#place()).observe(screen);
    video.addEventListener("loadedmetadata", () => this.#place());
    setInterval(() => this.#move(), MOVE_MS);
    setInterval(() => this.#check(), CHECK_MS);
    const watch = new MutationObserver(() => this.#check());
    watch.observe(screen, { childList: true, subtree: true, attributes: true, characterData: true });
  }

  // One that was taken away, hidden or rewritten is drawn anew.
  #check() {
    const mark = this.#mark;
    const style = mark.isConnected ? getComputedStyle(mark) : null;
    const isSeen =
      style !== null && style.display !== "none" && style.visibility === "visible" && Number(style.opacity) > 0.2 && !mark.hidden;
    if (isSeen && mark.parentNode === this.#screen && mark.textContent === this.#words) return;
    mark.remove();
    this.#draw();
    this.#move();
  }

  #draw() {
    this.#mark = document.createElement("p");
    this.#mark.className = "player__watermark";
    this.#mark.setAttribute("aria-hidden", "true");
    this.#words = this.#written();
    this.#mark.textContent = this.#words;
    this.#screen.append(this.#mark);
  }

  #written() {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
    return `${this.#text} ${day} ${two(now.getHours())}:${two(now.getMinutes())}`;
  }

  #move() {
    const { spot, left, top } = nextSpot(this.#at.spot);
    this.#at = { spot, left, top };
    this.#words = this.#written();
    if (this.#mark.textContent !== this.#words) this.#mark.textContent = this.#words;
    this.#place();
  }

  #place() {
    const picture = pictureIn(this.#video.getBoundingClientRect(), this.#video);
    const free = Math.max(0, picture.width - this.#mark.offsetWidth);
    this.#mark.style.setProperty("--left", `${Math.round(picture.x + this.#at.left * free)}px`);
    this.#mark.style.setProperty("--top", `${Math.round(picture.y + this.#at.top * picture.height * UPPER)}px`);
  }
}
