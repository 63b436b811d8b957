// How far a learner may jump.

// Where a jump ends. Without free seeking nobody jumps past the furthest point watched; going back is always free.
export function allowedPosition(targetMs, { furthestMs, isFree, durationMs }) {
  const inside = Math.min(Math.max(0, targetMs), durationMs);
  return isFree ? inside : Math.min(inside, furthestMs);
}

// Where to resume: at the end of what was credited when the position is a moment later, so that no hole is left.
export function resumePosition(positionMs, furthestMs) {
  return positionMs > furthestMs && positionMs - furthestMs < 1_000 ? furthestMs : positionMs;
}

// The rate that is set when one was asked for.
export function allowedRate(rate, maxRate) {
  return Math.min(Math.max(0.25, rate), maxRate);
}
