// What this device knows, kept in the browser's own database.
import { NOTHING_KNOWN } from "./check.js";

const NAME = "xueshi-offline";
const STORE = "known";

export async function load() {
  const found = await run("readonly", (store) => store.get("now"));
  return found ?? NOTHING_KNOWN;
}

export async function save(known) {
  await run("readwrite", (store) => store.put(known, "now"));
}

async function run(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
