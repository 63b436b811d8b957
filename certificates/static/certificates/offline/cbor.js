// Reads the little of CBOR (RFC 8949) that codes use: whole numbers, bytes, texts, lists, maps, tags, true, false, null.
// Anything else, anything not written in the shortest way, and anything left over is an error.

const DEEPEST = 8;

export class Tagged {
  constructor(tag, value) {
    this.tag = tag;
    this.value = value;
  }
}

export function decode(bytes) {
  const reader = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 };
  const value = item(reader, 0);
  if (reader.at !== bytes.length) throw new RangeError("bytes are left over");
  return value;
}

export function byteString(bytes) {
  const length = bytes.length;
  if (length < 24) return Uint8Array.of(0x40 + length, ...bytes);
  if (length < 0x100) return Uint8Array.of(0x58, length, ...bytes);
  return Uint8Array.of(0x59, length >> 8, length & 0xff, ...bytes);
}

function item(reader, depth) {
  if (depth > DEEPEST) throw new RangeError("too deep");
  const first = take(reader, 1)[0];
  const major = first >> 5;
  if (major === 7) return simple(first & 31);
  const count = argument(reader, first & 31);
  if (major === 0) return count;
  if (major === 1) return -1 - count;
  if (major === 2) return take(reader, count);
  if (major === 3) return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(take(reader, count));
  if (major === 4) return Array.from({ length: limited(reader, count) }, () => item(reader, depth + 1));
  if (major === 6) return new Tagged(count, item(reader, depth + 1));
  return map(reader, count, depth + 1);
}

function map(reader, count, depth) {
  const entries = new Map();
  for (let left = limited(reader, count); left > 0; left -= 1) {
    const key = item(reader, depth);
    if (entries.has(key)) throw new RangeError("a key comes twice");
    entries.set(key, item(reader, depth));
  }
  return entries;
}

function argument(reader, short) {
  if (short < 24) return short;
  const size = { 24: 1, 25: 2, 26: 4 }[short];
  if (size === undefined) throw new RangeError("a number is too large, or its end is open");
  const at = reader.at;
  take(reader, size);
  const value = size === 1 ? reader.view.getUint8(at) : size === 2 ? reader.view.getUint16(at) : reader.view.getUint32(at);
  if (value < (size === 1 ? 24 : 2 ** (4 * size))) throw new RangeError("not the shortest form");
  return value;
}

function simple(value) {
  if (value === 20) return false;
  if (value === 21) return true;
  if (value === 22) return null;
  throw new RangeError("an unknown simple value");
}

function limited(reader, count) {
  if (count > reader.bytes.length - reader.at) throw new RangeError("longer than what is there");
  return count;
}

function take(reader, count) {
  limited(reader, count);
  reader.at += count;
  return reader.bytes.slice(reader.at - count, reader.at);
}
