// The parts of a film that have names of their own.

// The chapter that plays at a position, or -1 before the first.
export function chapterAt(starts, positionMs) {
  return starts.filter((start) => start <= positionMs).length - 1;
}

export class Chapters {
  #buttons;
  #starts;
  #current = -1;

  constructor({ list, seek }) {
    this.#buttons = [...(list?.querySelectorAll("button[data-starts-at]") ?? [])];
    this.#starts = this.#buttons.map((button) => Number(button.dataset.startsAt));
    this.#buttons.forEach((button, number) => button.addEventListener("click", () => seek(this.#starts[number])));
  }

  titleAt(positionMs) {
    return this.#buttons[chapterAt(this.#starts, positionMs)]?.dataset.title ?? "";
  }

  position(positionMs) {
    const current = chapterAt(this.#starts, positionMs);
    if (current === this.#current) return;
    this.#buttons[this.#current]?.removeAttribute("aria-current");
    this.#buttons[current]?.setAttribute("aria-current", "true");
    this.#current = current;
  }
}
