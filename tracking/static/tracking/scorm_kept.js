// What a stage could not keep by itself, kept by the site's page: for one attempt, and no more than its queue may hold.

const PREFIX = "scorm-stage:";
const MOST_CHARS = 1_000_000;
const MOST_KEYS = 4; // of one attempt: a queue has one, and one more where a sitting took over
const KEPT_FOR_MS = 30 * 86_400_000;

// What is kept for an attempt, {key: text}, as the stage named it; what is too old for anybody is thrown away.
export function keptFor(store, attempt, nowMs) {
  const kept = {};
  for (const key of keysOf(store)) {
    const text = store.getItem(key);
    if (!(nowMs - (quietly(() => JSON.parse(text).at) ?? Number.NaN) < KEPT_FOR_MS)) store.removeItem(key);
    else if (attempt && key.includes(attempt)) kept[key.slice(PREFIX.length)] = text;
  }
  return kept;
}

// Keep a text, or forget it where it is null. Content shares the stage's origin: nothing is kept but for its own attempt.
export function keep(store, attempt, { key, text }) {
  if (!attempt || typeof key !== "string" || key.length > 200 || !key.includes(attempt)) return false;
  if (text !== null && (typeof text !== "string" || text.length > MOST_CHARS)) return false;
  const isFull = () => keysOf(store, attempt).filter((each) => each !== PREFIX + key).length >= MOST_KEYS;
  if (text !== null && isFull()) return false;
  if (text === null) quietly(() => store.removeItem(PREFIX + key));
  else quietly(() => store.setItem(PREFIX + key, text));
  return true;
}

function keysOf(store, attempt = "") {
  const keys = quietly(() => Object.keys(store)) ?? [];
  return keys.filter((each) => each.startsWith(PREFIX) && each.includes(attempt));
}

function quietly(run) {
  try {
    return run();
  } catch {
    return null;
  }
}
