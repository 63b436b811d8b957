// Where a browser lets frames of other sites keep nothing, the site's page keeps the queue's commits for the stage.

// Like the browser's own storage, as far as the queue knows it: `kept` is what the page had, {key: text}, and `say(key,
// text)` tells what changed; a text of null means that the key is gone. It is told a moment later, and once: where the page
// goes at this very moment there is nobody to tell, and nothing may come before the queue's own last words.
export function pageStore(kept, say, later = (work) => setTimeout(work, 0)) {
  const changed = new Map();
  const tell = (key, text) => {
    if (changed.size === 0) later(flush);
    changed.set(key, text);
  };
  const flush = () => {
    for (const [key, text] of changed) say(key, text);
    changed.clear();
  };
  const methods = {
    getItem(key) {
      return Object.hasOwn(this, key) ? this[key] : null;
    },
    setItem(key, text) {
      this[key] = String(text);
      tell(key, this[key]);
    },
    removeItem(key) {
      delete this[key];
      tell(key, null);
    },
  };
  return Object.assign(Object.create(methods), kept);
}

// The browser's own storage, or null where it has none for us: reading it may throw, and so may writing.
export function ownStore(world) {
  try {
    world.localStorage.setItem("scorm:trial", "");
    world.localStorage.removeItem("scorm:trial");
    return world.localStorage;
  } catch {
    return null;
  }
}
