// The data models as tables: the same files that the server's validator reads. docs/scorm-runtime.md explains them.
const FILES = { 1.2: "elements_12.json", 2004: "elements_2004.json" };

// `standard` is an outline's: "1.2" or "2004-…".
export function tableName(standard) {
  return FILES[standard === "1.2" ? "1.2" : "2004"];
}

export async function loadTables(standard, { fetch = globalThis.fetch } = {}) {
  const answer = await fetch(new URL(tableName(standard), import.meta.url));
  if (!answer.ok) throw new Error(`the data model could not be loaded: ${answer.status}`);
  return answer.json();
}
