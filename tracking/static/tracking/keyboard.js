// Which key does what. Keys typed into controls belong to them.

const KEYS = {
  " ": "toggle",
  k: "toggle",
  ArrowLeft: "back",
  ArrowRight: "forward",
  ArrowUp: "louder",
  ArrowDown: "softer",
  m: "mute",
  c: "captions",
  f: "fullscreen",
  "?": "help",
};

const OWN_KEYS = {
  BUTTON: [" "],
  SUMMARY: [" "],
  A: [],
  SELECT: null, // all keys
  TEXTAREA: null,
  INPUT: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"],
};

export function actionOf({ key, ctrlKey, metaKey, altKey, target }) {
  if (ctrlKey || metaKey || altKey) return null;
  const tag = target?.tagName ?? "";
  if (tag in OWN_KEYS) {
    const own = OWN_KEYS[tag];
    if (own === null || own.includes(key)) return null;
  }
  return KEYS[key] ?? KEYS[key.toLowerCase()] ?? null;
}
