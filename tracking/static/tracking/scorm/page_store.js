// Where a browser lets frames of other sites keep nothing, the site's page keeps the queue's commits for the stage.

// Like the browser's own storage, as far as the queue knows it: `kept` is what the page had, {key: text}, and `tell(key,
// text)` says what changed; a text of null means that the key is gone.
export function pageStore(kept, tell) {
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
