// Addresses of a film's parts: they work for a few minutes only, and are renewed before anybody notices.

const MARGIN_MS = 20_000; // a piece asked for now must still be allowed when it arrives

// A part is known by its path below the film's folder, however its address looks today.
export class AddressBook {
  #film;
  #read;
  #now;
  #pieces = new Map(); // path of a piece → { url, list }
  #readAt = new Map(); // path of a playlist → when its addresses were given
  #reading = new Map();

  // `read(url)` gives the text at an address of the site, or rejects.
  constructor({ film, read, now = () => performance.now(), origin = globalThis.location?.origin }) {
    this.#film = film;
    this.#read = read;
    this.#now = now;
    this.origin = origin;
  }

  // Another lease, another address: what the old one gave is not trusted any longer.
  rebase(film) {
    if (film.base === this.#film.base) return;
    this.#film = film;
    this.distrust();
  }

  distrust() {
    this.#readAt.clear();
  }

  // Where a playlist, captions or the single file lie now.
  urlOf(path) {
    return new URL(this.#film.base + path, this.origin).href;
  }

  pathOf(url) {
    const { pathname } = new URL(url, this.origin);
    if (pathname.startsWith(this.#film.base)) return pathname.slice(this.#film.base.length);
    const at = pathname.lastIndexOf(this.#film.folder);
    if (at >= 0) return pathname.slice(at + this.#film.folder.length);
    const old = pathname.match(/^\/study\/(?:film\/[^/]+|play\/[^/]+\/[^/]+\/film)\/(.+)$/);
    return old ? old[1] : null;
  }

  // A playlist was read: its pieces' addresses are good from now on.
  learn(listUrl, pieceUrls) {
    const list = this.pathOf(listUrl);
    for (const url of pieceUrls) {
      const path = this.pathOf(url);
      if (path) this.#pieces.set(path, { url, list });
    }
    this.#readAt.set(list, this.#now());
  }

  // The address that works now for what an older address named. Rejects when the playlist is not to be had.
  async fresh(url) {
    const path = this.pathOf(url);
    if (path === null) return url;
    if (isText(path)) return this.urlOf(path);
    const piece = this.#pieces.get(path);
    if (!piece) return url;
    if (this.#isOld(piece.list)) await this.#renew(piece.list);
    return this.#pieces.get(path).url;
  }

  #isOld(list) {
    const readAt = this.#readAt.get(list);
    return readAt === undefined || this.#now() - readAt > this.#film.lastsMs - MARGIN_MS;
  }

  #renew(list) {
    if (!this.#reading.has(list)) {
      const url = this.urlOf(list);
      const reading = this.#read(url)
        .then((text) => this.learn(url, piecesIn(text, url)))
        .finally(() => this.#reading.delete(list));
      this.#reading.set(list, reading);
    }
    return this.#reading.get(list);
  }
}

function isText(path) {
  return path.endsWith(".m3u8") || path.endsWith(".vtt");
}

// The pieces and headers that a playlist names, as whole addresses.
export function piecesIn(text, listUrl) {
  const names = text.split(/\r?\n/).flatMap((line) => {
    if (line.startsWith("#EXT-X-MAP:")) return line.match(/URI="([^"]+)"/)?.slice(1) ?? [];
    return line && !line.startsWith("#") ? [line] : [];
  });
  return names.map((name) => new URL(name, listUrl).href);
}
