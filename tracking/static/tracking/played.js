// What was played since the last report: fed by the media element's positions, emptied by the reporter.
import { merge, total } from "./intervals.js";

export class Played {
  #pieces = [];
  #start = null;
  #end = null;

  // Playing goes on from here: after a start, a resume or a jump.
  begin(positionMs) {
    this.stop();
    this.#start = this.#end = Math.floor(positionMs); // no hole of a rounded millisecond where a jump resumes
  }

  // Playing has come to here without a jump. Going back does not count as playing.
  reach(positionMs) {
    if (this.#start === null) return;
    this.#end = Math.max(this.#end, Math.round(positionMs));
  }

  // Playing stands still: paused, jumping, waiting for data.
  stop() {
    if (this.#start !== null && this.#end > this.#start) this.#pieces.push([this.#start, this.#end]);
    this.#start = this.#end = null;
  }

  get isRunning() {
    return this.#start !== null;
  }

  get unreportedMs() {
    return total(this.#pieces) + (this.isRunning ? this.#end - this.#start : 0);
  }

  // What `take` would give.
  peek() {
    const running = this.isRunning && this.#end > this.#start ? [[this.#start, this.#end]] : [];
    return merge([...this.#pieces, ...running]);
  }

  // Everything played since the last time, merged; what goes on playing goes on from its end.
  take() {
    const goesOnAt = this.#end;
    const running = this.isRunning;
    this.stop();
    const taken = merge(this.#pieces);
    this.#pieces = [];
    if (running) this.begin(goesOnAt);
    return taken;
  }
}
