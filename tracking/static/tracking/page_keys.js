// Which key and which stroke of a finger turn pages. Keys typed into controls belong to them.

const KEYS = {
  ArrowRight: "next",
  PageDown: "next",
  ArrowLeft: "previous",
  PageUp: "previous",
  Home: "first",
  End: "last",
  o: "overview",
  z: "zoom",
  f: "fullscreen",
  "?": "help",
};
const SCROLLS = new Set(["ArrowRight", "ArrowLeft", "PageDown", "PageUp", "Home", "End"]);
const WRITES = new Set(["INPUT", "SELECT", "TEXTAREA"]);
const SWIPE_PX = 48;
const SWIPE_SLANT = 1.5;
const SWIPE_MS = 800;

// An enlarged page is moved by the keys that scroll, while it has the focus.
export function turnOf({ key, ctrlKey, metaKey, altKey, target }, { isEnlarged = false, isOnPage = false } = {}) {
  if (ctrlKey || metaKey || altKey || WRITES.has(target?.tagName ?? "")) return null;
  if (isEnlarged && isOnPage && SCROLLS.has(key)) return null;
  return KEYS[key] ?? KEYS[key.toLowerCase()] ?? null;
}

// A quick stroke to the left turns forward, to the right back; a slow, short or slanting one scrolls.
export function swipeOf({ dx, dy, ms }) {
  if (ms > SWIPE_MS || Math.abs(dx) < SWIPE_PX || Math.abs(dx) < Math.abs(dy) * SWIPE_SLANT) return null;
  return dx < 0 ? "next" : "previous";
}
