import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { check, NOTHING_KNOWN } from "../../certificates/static/certificates/offline/check.js";
import { bitsOf, isSet, LIST_LENGTH, readList } from "../../certificates/static/certificates/offline/status.js";
import { update } from "../../certificates/static/certificates/offline/update.js";

const vectors = JSON.parse(readFileSync(new URL("code_vectors.json", import.meta.url)));
const PLACE = 5; // of the vector's certificate, in list 1
const ISSUER = "did:web:a.example:verify";
const UNTIL = "2099-01-01T00:00:00Z";
const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
const listKey = { ...(await crypto.subtle.exportKey("jwk", pair.publicKey)), kid: "list-key" };

function encoded(places) {
  const bits = new Uint8Array(LIST_LENGTH / 8);
  for (const place of places) bits[place >> 3] |= 0x80 >> (place & 7);
  return `u${gzipSync(bits).toString("base64url")}`;
}

function lists({ revocation = [], suspension = [], refresh = [] }) {
  const entries = Object.entries({ revocation, suspension, refresh });
  return Object.fromEntries(entries.map(([purpose, places]) => [`${purpose}/1`, { encoded: encoded(places), until: UNTIL }]));
}

function known(more = {}) {
  return { ...NOTHING_KNOWN, keys: [vectors.key], lists: lists({}), ...more };
}

const verdictOn = async (text, facts) => (await check(text, facts)).verdict;

test("a code signed by a known key is good where no list names it", async () => {
  const result = await check(`https://a.example/verify/t/#${vectors.full}`, known());
  assert.deepEqual([result.verdict, result.facts.name], ["good", "测试张三"]);
});
test("each list has its verdict, the gravest first", async () => {
  assert.equal(await verdictOn(vectors.full, known({ lists: lists({ revocation: [PLACE] }) })), "revoked");
  assert.equal(await verdictOn(vectors.full, known({ lists: lists({ suspension: [PLACE] }) })), "suspended");
  assert.equal(await verdictOn(vectors.full, known({ lists: lists({ refresh: [PLACE] }) })), "replaced");
  const all = lists({ revocation: [PLACE], suspension: [PLACE], refresh: [PLACE] });
  assert.equal(await verdictOn(vectors.full, known({ lists: all })), "revoked");
});
test("a neighbour's bit says nothing", async () => {
  const others = [PLACE - 1, PLACE + 1, PLACE + 8];
  assert.equal(await verdictOn(vectors.full, known({ lists: lists({ revocation: others }) })), "good");
});
test("without its lists a signed code is of unknown standing", async () => {
  const part = lists({});
  delete part["refresh/1"];
  assert.equal(await verdictOn(vectors.full, known({ lists: {} })), "unlisted");
  assert.equal(await verdictOn(vectors.full, known({ lists: part })), "unlisted");
  assert.equal(await verdictOn(vectors.bare, known()), "unlisted");
});
test("a revocation that is known counts though other lists are missing", async () => {
  const { "revocation/1": revocation } = lists({ revocation: [PLACE] });
  assert.equal(await verdictOn(vectors.full, known({ lists: { "revocation/1": revocation } })), "revoked");
});
test("a list that has run out says of nothing that it is good, but what it revoked stays revoked", async () => {
  const late = Date.parse(UNTIL) + 1;
  assert.equal((await check(vectors.full, known(), late - 2)).verdict, "good");
  assert.equal((await check(vectors.full, known(), late)).verdict, "unlisted");
  assert.equal((await check(vectors.full, known({ lists: lists({ revocation: [PLACE] }) }), late)).verdict, "revoked");
  const endless = { ...lists({}), "suspension/1": { encoded: encoded([]) } };
  assert.equal(await verdictOn(vectors.full, known({ lists: endless })), "unlisted");
});
test("a key that nobody published is unknown", async () => {
  assert.equal(await verdictOn(vectors.full, known({ keys: [] })), "unknown-key");
  assert.equal(await verdictOn(vectors.full, known({ keys: [{ ...vectors.key, kid: `A${vectors.key.kid.slice(1)}` }] })), "unknown-key");
});
test("another key under the same name finds the code changed", async () => {
  assert.equal(await verdictOn(vectors.full, known({ keys: [{ ...listKey, kid: vectors.key.kid }] })), "changed");
});
test("what a key signed before it was retired stays good; a compromised one is not trusted", async () => {
  assert.equal(await verdictOn(vectors.full, known({ keys: [{ ...vectors.key, retired_at: "2026-01-01T00:00:00Z" }] })), "good");
  const result = await check(vectors.full, known({ keys: [{ ...vectors.key, compromised_at: "2030-01-01T00:00:00Z" }] }));
  assert.deepEqual(result, { verdict: "distrusted" });
});
test("no changed byte is ever good, and none of its facts are told", async () => {
  const bytes = Buffer.from(vectors.full, "base64url");
  const flips = [...bytes.keys()].map(async (position) => {
    const changed = Buffer.from(bytes);
    changed[position] ^= 1;
    return check(changed.toString("base64url"), known());
  });
  const found = await Promise.all(flips);
  assert.deepEqual([...new Set(found.map((each) => each.verdict))].sort(), ["changed", "no-code", "unknown-key"]);
  assert.ok(found.every((each) => each.facts === undefined));
});

test("the first place is the leftmost bit", async () => {
  const bits = await bitsOf(encoded([0, 9, LIST_LENGTH - 1]));
  assert.deepEqual([0, 1, 8, 9, LIST_LENGTH - 1].map((place) => isSet(bits, place)), [true, false, false, true, true]);
});
test("a short list is refused", async () => {
  await assert.rejects(bitsOf(`u${gzipSync(new Uint8Array(100)).toString("base64url")}`), /too short/);
});

async function listJwt({ purpose = "revocation", number = 1, issuer = ISSUER, key = "list-key", places = [PLACE], tamper = false, madeAt = "f" } = {}) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const subject = { statusPurpose: purpose, encodedList: encoded(places) };
  const list = { id: `https://a.example/verify/status/${purpose}/${number}.jwt`, issuer, credentialSubject: subject, validFrom: madeAt, validUntil: "u" };
  const text = `${part({ alg: "ES256", kid: `${issuer}#${key}` })}.${part(list)}`;
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, new TextEncoder().encode(tamper ? `${text}.` : text));
  return `${text}.${Buffer.from(signature).toString("base64url")}`;
}

const wanted = { keys: [listKey], issuer: ISSUER, purpose: "revocation", number: 1 };

test("a signed list is read", async () => {
  assert.deepEqual(await readList(await listJwt(), wanted), { encoded: encoded([PLACE]), madeAt: "f", until: "u" });
});
test("a list that is another, of another, or changed, is refused", async () => {
  const wrong = [{ purpose: "refresh" }, { number: 2 }, { issuer: "did:web:b.example" }, { key: "other" }, { tamper: true }];
  for (const each of wrong) await assert.rejects(readList(await listJwt(each), wanted), Error, JSON.stringify(each));
  await assert.rejects(readList(await listJwt(), { ...wanted, keys: [{ ...listKey, compromised_at: "x" }] }));
});

function server(answers) {
  return async (address, options) => {
    assert.deepEqual(options, { cache: "no-cache", credentials: "omit" });
    const body = answers[address];
    if (body === undefined) return { ok: false, status: 500 };
    return { ok: true, json: async () => body, text: async () => body };
  };
}

const published = { issuer: ISSUER, keys: [listKey], status_lists: [{ purpose: "revocation", number: 1, url: "x" }] };

test("an update brings keys and lists", async () => {
  const answers = { "/verify/keys.json": published, "/verify/status/revocation/1.jwt": await listJwt() };
  const after = await update(NOTHING_KNOWN, { fetcher: server(answers), now: 7 });
  assert.deepEqual([after.keys, Object.keys(after.lists), after.fetchedAt, after.isComplete], [[listKey], ["revocation/1"], 7, true]);
});
test("a list that does not come stays as it was", async () => {
  const before = { ...NOTHING_KNOWN, issuer: ISSUER, lists: { "revocation/1": { encoded: "old" } } };
  const after = await update(before, { fetcher: server({ "/verify/keys.json": published }), now: 7 });
  assert.deepEqual([after.lists, after.isComplete], [{ "revocation/1": { encoded: "old" } }, false]);
});
test("where a list did not come, all of it counts as old as before", async () => {
  const before = { ...NOTHING_KNOWN, issuer: ISSUER, lists: { "revocation/1": { encoded: "old" } }, fetchedAt: 3 };
  assert.equal((await update(before, { fetcher: server({ "/verify/keys.json": published }), now: 7 })).fetchedAt, 3);
});
test("an older list does not take the place of a newer one", async () => {
  const [first, second] = [await listJwt({ madeAt: "2026-03-01T00:00:00Z", places: [] }), await listJwt({ madeAt: "2026-03-02T00:00:00Z" })];
  const fetched = (jwt, before, now) =>
    update(before, { fetcher: server({ "/verify/keys.json": published, "/verify/status/revocation/1.jwt": jwt }), now });
  const newer = await fetched(second, await fetched(first, NOTHING_KNOWN, 1), 2);
  assert.deepEqual([newer.lists["revocation/1"].encoded, newer.fetchedAt], [encoded([PLACE]), 2]);
  const replayed = await fetched(first, newer, 3);
  assert.deepEqual([replayed.lists, replayed.fetchedAt, replayed.isComplete], [newer.lists, 2, false]);
});
test("a list that never came is not made up", async () => {
  const after = await update(NOTHING_KNOWN, { fetcher: server({ "/verify/keys.json": published }), now: 7 });
  assert.deepEqual([after.lists, after.isComplete], [{}, false]);
});
test("without a network nothing changes", async () => {
  await assert.rejects(update(NOTHING_KNOWN, { fetcher: server({}), now: 7 }), /keys.json: 500/);
});
