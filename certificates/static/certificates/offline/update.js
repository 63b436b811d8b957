// Fetches keys and status lists when there is a network. What was known before stays where something does not come, or
// where an older list comes than the one that is known; then `fetchedAt` stays too, for it says how old all of it may be.
import { readList } from "./status.js";

export async function update(known, { fetcher, now }) {
  const facts = await (await answer(fetcher, "/verify/keys.json")).json();
  const before = facts.issuer === known.issuer ? known.lists : {};
  const entries = await Promise.all(facts.status_lists.map((list) => entry(list, facts, before, fetcher)));
  const lists = Object.fromEntries(entries.filter((each) => each[1] !== null));
  const isOld = entries.some(([name, , isFresh]) => !isFresh && lists[name] !== undefined);
  return {
    issuer: facts.issuer,
    keys: facts.keys,
    lists,
    fetchedAt: isOld ? known.fetchedAt : now,
    isComplete: entries.every((each) => each[2]),
  };
}

async function entry({ purpose, number }, facts, before, fetcher) {
  const name = `${purpose}/${number}`;
  try {
    const response = await answer(fetcher, `/verify/status/${name}.jwt`);
    const list = await readList(await response.text(), { ...facts, purpose, number });
    if (Date.parse(list.madeAt) < Date.parse(before[name]?.madeAt)) throw new Error("an older list came");
    return [name, list, true];
  } catch {
    return [name, before[name] ?? null, false];
  }
}

async function answer(fetcher, address) {
  const response = await fetcher(address, { cache: "no-cache", credentials: "omit" });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}
