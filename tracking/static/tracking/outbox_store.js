// Where records of unacknowledged reports are kept: IndexedDB, or this page's memory where there is none.

const DATABASE = "xueshi-study";
const RECORDS = "unacknowledged";
const PATIENCE_MS = 2_000; // some browsers never answer when storage is blocked

export class MemoryStore {
  #records = new Map();

  async all() {
    return [...this.#records.values()];
  }

  async put(record) {
    this.#records.set(record.lease, record);
  }

  async remove(lease) {
    this.#records.delete(lease);
  }
}

class DiskStore {
  #database;

  constructor(database) {
    this.#database = database;
    database.onversionchange = () => database.close();
  }

  all() {
    return this.#run("readonly", (records) => records.getAll());
  }

  put(record) {
    return this.#run("readwrite", (records) => records.put(record));
  }

  remove(lease) {
    return this.#run("readwrite", (records) => records.delete(lease));
  }

  #run(mode, ask) {
    return new Promise((resolve, reject) => {
      const change = this.#database.transaction(RECORDS, mode);
      const request = ask(change.objectStore(RECORDS));
      change.oncomplete = () => resolve(request.result);
      change.onabort = change.onerror = () => reject(change.error ?? request.error);
    });
  }
}

function openDatabase(factory) {
  return new Promise((resolve, reject) => {
    const request = factory.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(RECORDS, { keyPath: "lease" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
    setTimeout(reject, PATIENCE_MS, new Error("no answer"));
  });
}

export async function openStore(factory) {
  try {
    return new DiskStore(await openDatabase(factory ?? globalThis.indexedDB)); // where storage is blocked, to ask for it throws
  } catch {
    return new MemoryStore(); // private windows, blocked storage: a reload then loses what a report would have held
  }
}
