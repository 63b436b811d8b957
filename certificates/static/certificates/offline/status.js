// Published status lists: their signatures, and the bit of one certificate.
import { fromBase64url } from "./code.js";

export const LIST_LENGTH = 131_072;
export const PURPOSES = ["revocation", "suspension", "refresh"];

export async function importKey(jwk) {
  const { kty, crv, x, y } = jwk;
  return crypto.subtle.importKey("jwk", { kty, crv, x, y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
}

export async function isSignedBy(jwk, signature, bytes) {
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, await importKey(jwk), signature, bytes);
}

// A list as it is stored: refused unless one of `keys` signed it, for this issuer, this purpose and this number.
export async function readList(jwt, { keys, issuer, purpose, number }) {
  const [head, body, signature] = jwt.trim().split(".");
  const header = json(head);
  const key = keys.find((each) => header.alg === "ES256" && header.kid === `${issuer}#${each.kid}`);
  if (!key || key.compromised_at) throw new Error("the list is signed by no key that is trusted");
  const bytes = new TextEncoder().encode(`${head}.${body}`);
  if (!(await isSignedBy(key, fromBase64url(signature), bytes))) throw new Error("the list was changed");
  const list = json(body);
  const subject = list.credentialSubject;
  const path = `/verify/status/${purpose}/${number}.jwt`;
  if (list.issuer !== issuer || subject.statusPurpose !== purpose || new URL(list.id).pathname !== path) {
    throw new Error("another list came back");
  }
  return { encoded: subject.encodedList, madeAt: list.validFrom, until: list.validUntil };
}

export async function bitsOf(encoded) {
  if (!encoded.startsWith("u")) throw new Error("not base64url");
  const packed = new Blob([fromBase64url(encoded.slice(1))]);
  const plain = packed.stream().pipeThrough(new DecompressionStream("gzip"));
  const bits = new Uint8Array(await new Response(plain).arrayBuffer());
  if (bits.length < LIST_LENGTH / 8) throw new Error("the list is too short");
  return bits;
}

export function isSet(bits, place) {
  return (bits[place >> 3] & (0x80 >> (place & 7))) !== 0;
}

// For each purpose true, false, or null where the list is not at hand. A bit that is set stays true however old its list
// is; one that is not says nothing once its list has run out: whoever keeps a device from newer lists gains nothing.
export async function standing(lists, index, now) {
  const number = Math.floor(index / LIST_LENGTH);
  const place = index % LIST_LENGTH;
  const found = {};
  for (const purpose of PURPOSES) {
    const list = lists[`${purpose}/${number}`];
    const set = list ? isSet(await bitsOf(list.encoded), place) : null;
    found[purpose] = set || (list && Date.parse(list.until) > now) ? set : null;
  }
  return found;
}

function json(part) {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64url(part)));
}
