/** So many pieces of work at once, whatever file they belong to; the others wait in line. */
export class Lanes {
  constructor(count) {
    this.free = count;
    this.waiting = [];
  }

  async use(work) {
    if (this.free > 0) this.free -= 1;
    else await new Promise((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
