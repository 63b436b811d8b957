// Which leases are held by pages that live: a lock falls by itself when its page closes, crashes or is killed.

const LEASE = "xueshi-lease:";
const RESENDING = "xueshi-resending";

export class PageLocks {
  #locks;
  #release = () => {};
  #released = Promise.resolve();

  // Browsers have locks on https and on localhost only.
  constructor(locks = globalThis.navigator?.locks) {
    this.#locks = locks;
  }

  hold(lease) {
    this.release();
    if (!this.#locks) return;
    const until = new Promise((resolve) => (this.#release = resolve));
    this.#released = this.#locks.request(LEASE + lease, () => until).catch(() => {});
  }

  // Resolves when the lock has fallen.
  release() {
    this.#release();
    return this.#released;
  }

  // The leases of all pages that live, or null where nobody can say.
  async held() {
    const all = await this.#locks?.query().catch(() => null);
    if (!all) return null;
    const names = all.held.map(({ name }) => name).filter((name) => name.startsWith(LEASE));
    return new Set(names.map((name) => name.slice(LEASE.length)));
  }

  // One page at a time.
  alone(run) {
    return this.#locks ? this.#locks.request(RESENDING, run) : run();
  }
}
