// A certificate's code taken apart: what it says, which key signed it, what the signature covers. Nothing is checked yet.
import { byteString, decode, Tagged } from "./cbor.js";

export const FORMAT = 1;
const LONGEST = 300;
const PROTECTED = Uint8Array.of(0xa1, 0x01, 0x26); // { 1: -7 }: ES256
const KID = 4;
const [NUMBER, VERSION, NAME, ID_ENDING, POST, AUTHORITY, ISSUED_ON, CE_LINE, STATUS_INDEX, DEMO] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

export class NoCode extends Error {}
export class NewerFormat extends Error {}

// What a scanner or a person hands over is an address with the code after "#", or the code alone.
export function codeIn(text) {
  const trimmed = text.replace(/\s+/g, "");
  const code = trimmed.includes("#") ? trimmed.slice(trimmed.lastIndexOf("#") + 1) : trimmed;
  return /^[\w-]{20,}$/.test(code) ? code : null;
}

export function readCode(text) {
  return asNoCode(() => parts(fromBase64url(text)));
}

// To be asked only once the signature is found good: a newer format is believed only if we signed it.
export function factsOf(payload) {
  return asNoCode(() => facts(decode(payload)));
}

function asNoCode(act) {
  try {
    return act();
  } catch (error) {
    if (error instanceof NewerFormat || error instanceof NoCode) throw error;
    throw new NoCode(error.message);
  }
}

export function fromBase64url(text) {
  if (!/^[\w-]*$/.test(text)) throw new NoCode("not base64url");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function parts(bytes) {
  const outer = bytes.length <= LONGEST ? decode(bytes) : null;
  if (!(outer instanceof Tagged) || outer.tag !== 18 || !Array.isArray(outer.value)) throw new NoCode("no COSE_Sign1");
  const [head, loose, payload, signature] = outer.value;
  const kid = loose instanceof Map ? loose.get(KID) : null;
  const typed = [head, kid, payload, signature].every((part) => part instanceof Uint8Array);
  if (!typed || outer.value.length !== 4 || signature.length !== 64 || kid.length < 8) throw new NoCode("no COSE_Sign1");
  if (!same(head, PROTECTED)) throw new NoCode("not signed with ES256");
  return { payload, kid, signature, signed: signedBytes(payload) };
}

// RFC 9052, section 4.4
function signedBytes(payload) {
  const context = new TextEncoder().encode("Signature1");
  return Uint8Array.of(0x84, 0x60 + context.length, ...context, ...byteString(PROTECTED), 0x40, ...byteString(payload));
}

function facts(map) {
  if (!(map instanceof Map)) throw new NoCode("no map");
  const format = map.get(0);
  if (Number.isInteger(format) && format > FORMAT) throw new NewerFormat(String(format));
  if (format !== FORMAT) throw new NoCode("unknown format");
  const line = map.get(CE_LINE);
  if (line !== undefined && !(Array.isArray(line) && line.length === 2)) throw new NoCode("line");
  return {
    number: text(map, NUMBER),
    version: whole(map, VERSION),
    name: text(map, NAME),
    idEnding: text(map, ID_ENDING),
    post: text(map, POST),
    authority: text(map, AUTHORITY),
    issuedOn: day(whole(map, ISSUED_ON)),
    line: line === undefined ? null : { key: String(line[0]), hours: String(line[1]) },
    statusIndex: map.has(STATUS_INDEX) ? whole(map, STATUS_INDEX) : null,
    isDemo: map.get(DEMO) === true,
  };
}

function text(map, key) {
  const value = map.get(key);
  if (typeof value !== "string") throw new NoCode(`field ${key}`);
  return value;
}

function whole(map, key) {
  const value = map.get(key);
  if (!Number.isInteger(value) || value < 0) throw new NoCode(`field ${key}`);
  return value;
}

function day(days) {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

export function same(one, other) {
  return one.length === other.length && one.every((byte, position) => byte === other[position]);
}
