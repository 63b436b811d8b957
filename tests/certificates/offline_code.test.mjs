import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { byteString, decode, Tagged } from "../../certificates/static/certificates/offline/cbor.js";
import { codeIn, factsOf, fromBase64url, NewerFormat, NoCode, readCode } from "../../certificates/static/certificates/offline/code.js";

const vectors = JSON.parse(readFileSync(new URL("code_vectors.json", import.meta.url)));
const hex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

test("the little of CBOR that codes use is read", () => {
  const read = [
    ["00", 0], ["17", 23], ["1818", 24], ["190100", 256], ["1a00010000", 65_536], ["20", -1], ["3818", -25],
    ["f4", false], ["f5", true], ["f6", null], ["60", ""], ["66e6b58be8af95", "测试"], ["83010203", [1, 2, 3]],
  ];
  for (const [bytes, value] of read) assert.deepEqual(decode(hex(bytes)), value, bytes);
  assert.deepEqual(decode(hex("a201020304")), new Map([[1, 2], [3, 4]]));
  assert.deepEqual(decode(hex("d201")), new Tagged(18, 1));
  assert.deepEqual(decode(hex("43010203")), hex("010203"));
});
test("whatever else CBOR may say is an error", () => {
  const refused = [
    "", "18", "1817", "190017", "1a0000ffff", "1b0000000000000001", "1c", "5f", "9f", "bf", "f7", "f90000", "fb00", "ff",
    "4401", "9a7fffffff", "ba7fffffff", "a201020102", "61ff", "0000", "81".repeat(20) + "00",
  ];
  for (const bytes of refused) assert.throws(() => decode(hex(bytes)), Error, bytes);
});
test("byte strings are written in the shortest way", () => {
  for (const length of [0, 1, 23, 24, 255, 256, 300]) {
    assert.deepEqual(decode(byteString(new Uint8Array(length))), new Uint8Array(length));
  }
});

test("a code says what the server signed", () => {
  assert.deepEqual(factsOf(readCode(vectors.full).payload), {
    number: "4220260000001X",
    version: 2,
    name: "测试张三",
    idEnding: "0012",
    post: "市政工程施工员",
    authority: "演示主管部门",
    issuedOn: "2026-11-22",
    line: { key: "2026-renewal", hours: "32" },
    statusIndex: 131_077,
    isDemo: true,
  });
  const { line, statusIndex, isDemo, name } = factsOf(readCode(vectors.bare).payload);
  assert.deepEqual([line, statusIndex, isDemo, name], [null, null, false, "测试𠮷"]);
});
test("the code is found in what a scanner hands over", () => {
  const code = vectors.full;
  for (const text of [code, `https://a.example/verify/t/#${code}`, `#${code}`, ` ${code}\n`, code.replace(/(.{60})/g, "$1\n")]) {
    assert.equal(codeIn(text), code);
  }
});
test("an address without a code holds none", () => {
  for (const text of ["", "https://a.example/verify/t/", "https://a.example/verify/t/#", "证书", "#short"]) {
    assert.equal(codeIn(text), null);
  }
});
test("what is no code is refused", () => {
  for (const text of ["", "AAAA", "!", "0oRD", vectors.full.slice(0, -4), `${vectors.full}AAAA`, "A".repeat(500)]) {
    assert.throws(() => readCode(text), NoCode, text);
  }
});
test("a newer format asks for a newer page", () => {
  const bytes = fromBase64url(vectors.full);
  const at = bytes.findIndex((byte, position) => byte === 0xab && bytes[position + 1] === 0 && bytes[position + 2] === 1);
  bytes[at + 2] = 2;
  assert.throws(() => factsOf(readCode(Buffer.from(bytes).toString("base64url")).payload), NewerFormat);
});
test("no flipped bit makes the reader fail in another way", () => {
  const bytes = fromBase64url(vectors.full);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Uint8Array.from(bytes);
    changed[bit >> 3] ^= 1 << (bit & 7);
    try {
      factsOf(readCode(Buffer.from(changed).toString("base64url")).payload);
    } catch (error) {
      assert.ok(error instanceof NoCode || error instanceof NewerFormat, `${bit}: ${error.stack}`);
    }
  }
});
