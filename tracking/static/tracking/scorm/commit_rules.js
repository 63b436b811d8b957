// How commits are put together, taken apart, judged by their answers and taken over by the next sitting. No I/O.

// Browsers take 64 kB of requests that outlive their page, all together; headers and what is in flight are left room.
export const LEAVING_BYTES = 60_000;
// The server takes 256 kB.
export const BODY_BYTES = 220_000;
const WAITS_MS = [500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000];
const KEY = "xueshi-scorm";
const KEPT_FOR_MS = 30 * 86_400_000;
// What is saved first when not everything fits: standing before bookmarks, bookmarks before histories.
const LATER = [/suspend_data$/, /^adl\.data\./, /^cmi\.(objectives|comments)/, /^cmi\.interactions\./];

// A commit: {activity, launch, sequence, last, elements, state, current, suspended, rollup, ended} and maybe entry.
export function canJoin(earlier, later) {
  return earlier.activity === later.activity && earlier.launch === later.launch && !earlier.last;
}

// Both in one; what is said last holds, but for how the run began.
export function joinCommits(earlier, later) {
  const said = Object.entries(later).filter(([, value]) => value !== null && value !== undefined);
  const joined = { ...earlier, ...Object.fromEntries(said), elements: { ...earlier.elements, ...later.elements } };
  const { sequence, entry } = earlier;
  return { ...joined, ...(sequence === undefined ? {} : { sequence }), ...(entry === undefined ? {} : { entry }) };
}

export function bytesOf(commit) {
  return new TextEncoder().encode(JSON.stringify(commit)).length;
}

// As many commits as it takes to stay below `most`; what ends something stands in the last of them.
export function splitCommit(commit, most = BODY_BYTES) {
  if (bytesOf(commit) <= most) return [commit];
  const bare = { ...commit, last: false, elements: {}, state: null, rollup: null, ended: null };
  const pieces = [];
  let piece = { ...bare, elements: {} };
  let size = bytesOf(piece);
  for (const [name, text] of Object.entries(commit.elements)) {
    const grows = bytesOf({ [name]: text });
    if (size + grows > most && Object.keys(piece.elements).length) {
      pieces.push(piece);
      piece = { ...bare, elements: {} };
      size = bytesOf(piece);
    }
    piece.elements[name] = text;
    size += grows;
  }
  return [...pieces, piece, { ...commit, elements: {} }];
}

// What of a commit can still be sent when the page goes, and the rest (null: nothing), which waits for the next sitting.
export function trimCommit(commit, most = LEAVING_BYTES) {
  if (bytesOf(commit) <= most) return { now: commit, rest: null };
  const now = { ...commit, elements: {} };
  const rest = { ...commit, elements: {}, last: false, state: null, rollup: null, ended: null };
  if (bytesOf(now) > most / 2) [now.state, rest.state] = [null, commit.state];
  let size = bytesOf(now);
  for (const [name, text] of sortByWorth(commit.elements)) {
    const grows = bytesOf({ [name]: text });
    const fits = size + grows <= most;
    (fits ? now : rest).elements[name] = text;
    if (fits) size += grows;
  }
  return { now, rest };
}

function sortByWorth(elements) {
  const worth = (name) => LATER.findIndex((pattern) => pattern.test(name)) + 1;
  return Object.entries(elements).sort(([one], [other]) => worth(one) - worth(other));
}

// What an answer means: "stored", "later" (try again), "stale" (somebody newer writes), "shut" (not with this token),
// "broken" (never, whatever is done). `reply` is {status, answer} or null where nothing came back.
export function verdictOn(reply) {
  if (reply === null) return "later";
  if (reply.status >= 200 && reply.status < 300) return "stored";
  if (reply.status === 409) return "stale";
  if (reply.status === 401 || reply.status === 403) return "shut";
  if (reply.status === 408 || reply.status === 425 || reply.status === 429 || reply.status >= 500) return "later";
  return "broken";
}

// How long to wait before trying again, some other time than everybody else. `chance` is 0 to 1.
export function waitBefore(tries, chance, retryAfterMs = 0) {
  const wait = WAITS_MS[Math.min(tries, WAITS_MS.length - 1)];
  return Math.max(retryAfterMs, Math.round(wait / 2 + (wait / 2) * chance));
}

export function keyOf(attempt, generation) {
  return `${KEY}:${attempt}:${generation}`;
}

// Sort what sittings left in the store, [key, text] each: taken over is only what the sitting right before this one left,
// because anything older was overtaken. `others` belong to other attempts and stay.
export function sortLeft(entries, { attempt, generation, nowMs }) {
  const left = { commits: [], dropped: [] };
  for (const [key, text] of entries) {
    const [prefix, ofAttempt, ofGeneration] = key.split(":");
    if (prefix !== KEY) continue;
    const kept = readKept(text);
    if (ofAttempt === attempt) {
      if (Number(ofGeneration) === generation - 1 || Number(ofGeneration) === generation) left.commits.push(...kept.commits);
      left.dropped.push(key);
    } else if (!(nowMs - kept.at < KEPT_FOR_MS)) {
      left.dropped.push(key);
    }
  }
  return left;
}

function readKept(text) {
  try {
    const { at, commits } = JSON.parse(text);
    const whole = commits.filter((one) => typeof one.activity === "string" && one.elements);
    return { at: Number(at), commits: whole.map(({ isTried, ...one }) => one) };
  } catch {
    return { at: Number.NaN, commits: [] };
  }
}

// The launch as it would be, had the server had these commits before it was made.
export function overlayLaunch(launch, commits) {
  if (!commits.length) return launch;
  const activities = { ...launch.activities };
  const exits = {}; // run → how it says that it ends
  let { state, current, isSuspended } = launch;
  for (const commit of commits) {
    const before = activities[commit.activity] ?? { elements: {}, totalTimeMs: 0, entry: "" };
    exits[commit.launch] = commit.elements["cmi.exit"] ?? commit.elements["cmi.core.exit"] ?? exits[commit.launch];
    const isOver = commit.last && exits[commit.launch] !== "suspend";
    const elements = { ...before.elements, ...commit.elements };
    activities[commit.activity] = { ...before, elements, entry: isOver ? "" : "resume" };
    state = commit.state ?? state;
    current = commit.current ?? current;
    isSuspended = commit.suspended ?? isSuspended;
  }
  return { ...launch, activities, state, current, isSuspended };
}
