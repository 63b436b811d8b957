/** When a picture is asked for, and which answer counts. */

/**
 * Wait until somebody has stopped typing, then ask; an answer counts only while nothing newer was asked.
 *
 * `ask(signal)` gives a promise; `show(answer)` and `fail(error)` are told of what counts. `later` and `never` are
 * setTimeout and clearTimeout.
 */
export function latestOnly({ ask, show, fail, delay, later = setTimeout, never = clearTimeout }) {
  let waiting = null;
  let running = null;

  async function go() {
    waiting = null;
    running?.abort();
    const mine = new AbortController();
    running = mine;
    try {
      const answer = await ask(mine.signal);
      if (running === mine) show(answer);
    } catch (error) {
      if (running === mine) fail(error);
    }
  }

  return {
    soon() {
      never(waiting);
      waiting = later(go, delay);
    },
    now() {
      never(waiting);
      return go();
    },
  };
}

/** What to say of an answer that is no picture: each problem on its own line. */
export function saidOf(status, answer, fallback) {
  const problems = status === 422 && Array.isArray(answer?.problems) ? answer.problems : [];
  return problems.length ? problems.join("\n") : fallback;
}
