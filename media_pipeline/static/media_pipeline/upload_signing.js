/** Digests and signed addresses of parts: a group in one request, and one group ahead of what is being sent. */

const FRESH_MS = 30 * 60 * 1000; // an address lasts an hour, and to send a part may take long

/**
 * `numbers` are the parts to be sent, `size` is how many make a group; `digest(number)` gives a part's SHA-256 and
 * `sign([{number, sha256}])` the site's answer. What they throw comes out of `address`, and asking again tries again.
 * `now()` gives milliseconds.
 */
export class GroupSigner {
  constructor({ numbers, size, digest, sign, now = Date.now }) {
    Object.assign(this, { digest, sign, now });
    this.groups = [];
    for (let start = 0; start < numbers.length; start += size) this.groups.push(numbers.slice(start, start + size));
    this.places = new Map(this.groups.flatMap((group, index) => group.map((number) => [number, index])));
    this.asked = new Map();
    this.digests = new Map();
    this.addresses = new Map();
  }

  /** Where a part goes: what its group was given, once; alone where that was used, or has lain about for too long. */
  async address(number) {
    const index = this.places.get(number);
    await this.#ask(index);
    this.#ask(index + 1).catch(() => {}); // asked again by the first who needs it
    const known = this.addresses.get(number);
    this.addresses.delete(number);
    if (known && this.now() - known.at < FRESH_MS) return known.part;
    const [part] = await this.#signed([number]);
    return part;
  }

  #ask(index) {
    if (index < this.groups.length && !this.asked.has(index)) {
      const forget = (error) => {
        this.asked.delete(index);
        throw error;
      };
      this.asked.set(index, this.#prepare(this.groups[index]).catch(forget));
    }
    return this.asked.get(index) ?? Promise.resolve();
  }

  async #prepare(group) {
    const parts = await this.#signed(group);
    const at = this.now();
    for (const part of parts) this.addresses.set(part.number, { part, at });
  }

  async #signed(numbers) {
    const announced = numbers.map(async (number) => ({ number, sha256: await this.#digestOf(number) }));
    const { parts } = await this.sign(await Promise.all(announced));
    return parts;
  }

  #digestOf(number) {
    if (!this.digests.has(number)) this.digests.set(number, this.digest(number));
    return this.digests.get(number);
  }
}
