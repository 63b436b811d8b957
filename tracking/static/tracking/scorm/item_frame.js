// The frame that an item runs in. Each item gets a frame of its own, so that the browser's history knows nothing of them; the
// old one goes by way of an empty page first, for content says its last when its page is left.

const PATIENCE_MS = 2_000;

export class ItemFrame {
  #place;
  #frame = null;

  constructor(place) {
    this.#place = place;
  }

  get isEmpty() {
    return this.#frame === null;
  }

  show(url, title, { onLoad }) {
    const frame = this.#place.ownerDocument.createElement("iframe");
    frame.title = title;
    frame.allow = "fullscreen; autoplay";
    frame.addEventListener("load", onLoad, { once: true });
    frame.src = url;
    this.#frame = frame;
    this.#place.replaceChildren(frame);
  }

  // Leave the item's page, let it say its last, and take the frame away.
  async clear() {
    const frame = this.#frame;
    if (!frame) return;
    const isLeft = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    frame.contentWindow.location.replace("about:blank");
    await Promise.race([isLeft, patience]);
    frame.remove();
    if (this.#frame === frame) this.#frame = null;
  }

  focus() {
    this.#frame?.contentWindow?.focus();
  }
}
