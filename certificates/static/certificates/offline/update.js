// Fetches keys and status lists when there is a network. What was known before stays where something does not come.
import { readList } from "./status.js";

export async function update(known, { fetcher, now }) {
  const facts = await (await answer(fetcher, "/verify/keys.json")).json();
  const before = facts.issuer === known.issuer ? known.lists : {};
  const entries = await Promise.all(facts.status_lists.map((list) => entry(list, facts, before, fetcher)));
  const lists = Object.fromEntries(entries.filter((each) => each[1] !== null));
  return {
    issuer: facts.issuer,
    keys: facts.keys,
    lists,
    fetchedAt: now,
    isComplete: entries.every((each) => each[2]),
  };
}

async function entry({ purpose, number }, facts, before, fetcher) {
  const name = `${purpose}/${number}`;
  try {
    const response = await answer(fetcher, `/verify/status/${name}.jwt`);
    return [name, await readList(await response.text(), { ...facts, purpose, number }), true];
  } catch {
    return [name, before[name] ?? null, false];
  }
}

async function answer(fetcher, address) {
  const response = await fetcher(address, { cache: "no-cache", credentials: "omit" });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}
