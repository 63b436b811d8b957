// A challenge from the question to the answer, without the page: what is asked, until when, and what came of it.
//
// Phases: closed · loading · question · sending · verdict (wrong, missed, cooling, failed), after which another question may
// be asked for once `waitMs` is over. The server decides everything; the clock here is only what the learner sees.

const TICK_MS = 1_000;
const REMIND_AT_MS = 30_000;

export class ChallengeFlow {
  #ask;
  #answer;
  #later;
  #now;
  #on;
  #phase = "closed";
  #isShown = false;
  #challenge = null;
  #until = 0; // of the question in "question", of the waiting time in "verdict"
  #verdict = null; // {kind, message}
  #isUnsent = false;
  #isReminded = false;
  #round = 0; // an answer to an older round is not heard

  // `ask()` and `answer(id, key)` resolve to {status, answer} and reject without a network. `on` hears change(view), remind(),
  // passed(answer | null) and ended(answer, status).
  constructor({ ask, answer, later = (run, wait) => setTimeout(run, wait), now = () => performance.now(), on }) {
    this.#ask = ask;
    this.#answer = answer;
    this.#later = later;
    this.#now = now;
    this.#on = on;
  }

  get view() {
    return {
      phase: this.#isShown ? this.#phase : "closed",
      challenge: this.#challenge,
      leftMs: this.#phase === "question" ? Math.max(0, this.#until - this.#now()) : 0,
      kind: this.#verdict?.kind ?? "",
      message: this.#verdict?.message ?? "",
      waitMs: this.#phase === "verdict" ? Math.max(0, this.#until - this.#now()) : 0,
      isUnsent: this.#isUnsent,
    };
  }

  // Show the challenge that stands; what was put aside goes on where it was.
  open() {
    this.#isShown = true;
    if (this.#phase === "closed") this.#load();
    else this.#changed();
  }

  // Put it aside. It still stands, and its time goes on.
  dismiss() {
    this.#isShown = false;
    this.#changed();
  }

  // The lease is over: so is its challenge.
  close() {
    this.#round += 1;
    this.#phase = "closed";
    this.#isShown = false;
    this.#changed();
  }

  next() {
    if (this.#phase === "verdict" && this.#until <= this.#now()) this.#load();
  }

  // The network is back.
  retry() {
    if (this.#isShown && this.#verdict?.kind === "failed") this.next();
  }

  async submit(key) {
    if (this.#phase !== "question") return;
    const round = this.#round;
    this.#phase = "sending";
    this.#changed();
    const reply = await this.#answer(this.#challenge.id, key).catch(() => null);
    if (round !== this.#round) return;
    if (reply === null || reply.status === 429 || reply.status >= 500) this.#unsent();
    else if (reply.status === 200) this.#judged(reply.answer);
    else if (reply.status === 400 || reply.status === 404) this.#load(); // that question no longer stands
    else this.#end(reply);
  }

  async #load() {
    const round = ++this.#round;
    this.#phase = "loading";
    this.#verdict = null;
    this.#isUnsent = false;
    this.#changed();
    const reply = await this.#ask().catch(() => null);
    if (round !== this.#round) return;
    if (reply?.status === 200) this.#asked(reply.answer.challenge);
    else if (reply?.status === 429) this.#judge("cooling", reply.answer);
    else if (reply?.status === 403 || reply?.status === 409) this.#end(reply);
    else this.#judge("failed", {});
  }

  #asked(challenge) {
    if (!challenge) return this.#pass(null);
    this.#challenge = challenge;
    this.#phase = "question";
    this.#until = this.#now() + challenge.left_ms;
    this.#isReminded = challenge.left_ms <= REMIND_AT_MS;
    this.#changed();
    this.#tick(this.#round);
  }

  #judged(answer) {
    if (answer.outcome === "right") this.#pass(answer);
    else this.#judge(answer.outcome, answer);
  }

  #judge(kind, { message = "", retry_ms: waitMs = 0 }) {
    this.#round += 1;
    this.#phase = "verdict";
    this.#verdict = { kind, message };
    this.#until = this.#now() + waitMs;
    this.#changed();
    this.#tick(this.#round);
  }

  #unsent() {
    this.#phase = "question";
    this.#isUnsent = true;
    this.#changed();
  }

  #pass(answer) {
    this.close();
    this.#on.passed(answer);
  }

  #end({ answer, status }) {
    this.close();
    this.#on.ended(answer, status);
  }

  #tick(round) {
    this.#later(() => {
      if (round !== this.#round) return;
      const left = this.#until - this.#now();
      if (this.#phase === "question" && left <= 0) return this.#judge("missed", {});
      if (this.#phase === "question" && left <= REMIND_AT_MS && !this.#isReminded) {
        this.#isReminded = true;
        if (this.#isShown) this.#on.remind();
      }
      this.#changed();
      if (this.#phase !== "verdict" || left > 0) this.#tick(round);
    }, TICK_MS);
  }

  #changed() {
    this.#on.change(this.view);
  }
}
