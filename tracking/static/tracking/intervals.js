// Merged half-open intervals of media time in whole milliseconds: [[0, 5000], [7000, 9000]].

export function merge(pieces) {
  const sorted = pieces.filter(([start, end]) => start < end).sort((one, other) => one[0] - other[0]);
  const merged = [];
  for (const [start, end] of sorted) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

export function total(intervals) {
  return intervals.reduce((sum, [start, end]) => sum + end - start, 0);
}

export function furthest(intervals) {
  return intervals.reduce((most, [, end]) => Math.max(most, end), 0);
}

export function covers(intervals, at) {
  return intervals.some(([start, end]) => start <= at && at < end);
}

// Where the first piece begins that is not covered, or null when all of [0, duration) is.
export function firstGap(intervals, durationMs) {
  let at = 0;
  for (const [start, end] of merge(intervals)) {
    if (start > at) return at;
    at = Math.max(at, end);
  }
  return at < durationMs ? at : null;
}
