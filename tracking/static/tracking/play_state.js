// What the meter says: the one thing that matters most of all that is known.

const MOVING = new Set(["playing", "rewatching", "buffering", "paused", "hidden", "inactive", "page_read"]);

// `activity` is what the page does; `trouble` what keeps reports away ("offline", "offline_long", "busy"); `refusal` why the
// server counted nothing of what it heard last ("daily_cap", "too_fast"). A text of the same name says it to the learner.
export function stateOf({ activity, isChallenged = false, trouble = null, refusal = null }) {
  if (!MOVING.has(activity)) return activity; // it speaks for itself: completed, held elsewhere, not begun…
  if (isChallenged) return "challenge";
  if (trouble) return trouble;
  if (activity !== "playing") return activity;
  return refusal ?? "counting";
}

// Why nothing more is counted, from the answer to a report; `before` stands when the answer says nothing about it.
export function refusalIn({ newly_ms: newly = 0, not_counted: reasons = {} }, before = null) {
  if (reasons.daily_cap > 0) return "daily_cap";
  if (reasons.too_fast_playback > 0) return "too_fast";
  return newly > 0 ? null : before;
}

// Why no lease was given, from the status of the answer (0: none came). A 429 with words is a limit of this learner's; without,
// or with 5xx, the server is busy.
export function activityWithoutLease({ status, message = "" }) {
  if (status === 0) return "unreachable";
  if (status === 409) return "held";
  const isBusy = status >= 500 || (status === 429 && message === "");
  return isBusy ? "overloaded" : "refused";
}
