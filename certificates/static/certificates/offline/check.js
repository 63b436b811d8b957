// The verdict on a code, from what this device knows: keys and status lists, fetched when there was a network.
import { codeIn, factsOf, fromBase64url, NewerFormat, NoCode, readCode, same } from "./code.js";
import { isSignedBy, standing } from "./status.js";

export const NOTHING_KNOWN = { issuer: "", keys: [], lists: {}, fetchedAt: null };

// Verdicts: good | revoked | suspended | replaced | unlisted (signed, but no list in force says how it stands) | changed |
// unknown-key | distrusted (the key got out of hand) | newer (a format this page does not know) | no-code.
// Facts are told only where the signature is good: nobody shall read what nobody signed.
export async function check(text, known, now = Date.now()) {
  const code = codeIn(text);
  if (code === null) return { verdict: "no-code" };
  try {
    return await checkParts(readCode(code), known, now);
  } catch (error) {
    if (error instanceof NewerFormat) return { verdict: "newer" };
    if (error instanceof NoCode) return { verdict: "no-code" };
    throw error;
  }
}

async function checkParts(parts, known, now) {
  const keys = known.keys.filter((key) => same(fromBase64url(key.kid).slice(0, parts.kid.length), parts.kid));
  if (keys.length === 0) return { verdict: "unknown-key" };
  for (const key of keys) {
    if (await isSignedBy(key, parts.signature, parts.signed)) return verdictOn(factsOf(parts.payload), key, known, now);
  }
  return { verdict: "changed" };
}

async function verdictOn(facts, key, known, now) {
  if (key.compromised_at) return { verdict: "distrusted" };
  if (facts.statusIndex === null) return { verdict: "unlisted", facts };
  const found = await standing(known.lists, facts.statusIndex, now);
  if (found.revocation) return { verdict: "revoked", facts };
  if (found.suspension) return { verdict: "suspended", facts };
  if (found.refresh) return { verdict: "replaced", facts };
  return { verdict: Object.values(found).includes(null) ? "unlisted" : "good", facts };
}
