import assert from "node:assert/strict";
import test from "node:test";

import { GroupSigner } from "../../media_pipeline/static/media_pipeline/upload_signing.js";

function signer(count, more = {}) {
  const asked = [];
  const read = [];
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const digest = async (number) => (read.push(number), `sha ${number}`);
  const sign = async (parts) => {
    asked.push(parts.map((part) => part.number));
    return { parts: parts.map(({ number, sha256 }) => ({ number, url: `${sha256} (${asked.length})` })) };
  };
  return { asked, read, sign, one: new GroupSigner({ numbers, size: 4, digest, sign, ...more }) };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

test("one group is signed ahead of what is being sent, and never two", async () => {
  const { asked, read, one } = signer(10);
  assert.deepEqual(await one.address(1), { number: 1, url: "sha 1 (1)" });
  await soon();
  assert.deepEqual([asked, read.length], [[[1, 2, 3, 4], [5, 6, 7, 8]], 8]);
  for (const number of [2, 3, 4]) await one.address(number);
  await soon();
  assert.equal(asked.length, 2);
  assert.deepEqual(await one.address(5), { number: 5, url: "sha 5 (2)" });
  await soon();
  assert.deepEqual(asked[2], [9, 10]);
});

test("one part is one group", async () => {
  const { asked, one } = signer(1);
  assert.equal((await one.address(1)).url, "sha 1 (1)");
  assert.deepEqual(asked, [[1]]);
});

test("an address is given once; the next is for that part alone, whose digest is known", async () => {
  const { asked, read, one } = signer(3);
  await one.address(2);
  assert.equal((await one.address(2)).url, "sha 2 (2)");
  assert.deepEqual([asked, read], [[[1, 2, 3], [2]], [1, 2, 3]]);
});

test("an address that has lain about for half an hour is not used", async () => {
  let minutes = 0;
  const { asked, one } = signer(3, { now: () => minutes * 60 * 1000 });
  await one.address(1);
  minutes = 29.9;
  await one.address(2);
  minutes = 30;
  await one.address(3);
  assert.deepEqual(asked, [[1, 2, 3], [3]]);
});

test("all who wait for a group hear that it failed, and ask for it once when they ask again", async () => {
  let fails = 1;
  const { asked, one, sign } = signer(4, {
    sign: async (parts) => {
      if (fails-- > 0) throw new Error("busy");
      return sign(parts);
    },
  });
  const first = await Promise.allSettled([1, 2, 3, 4].map((number) => one.address(number)));
  assert.deepEqual(first.map((each) => each.reason?.message), ["busy", "busy", "busy", "busy"]);
  await Promise.all([1, 2, 3, 4].map((number) => one.address(number)));
  assert.deepEqual(asked, [[1, 2, 3, 4]]);
});

test("a group that fails ahead of its time disturbs nobody", async () => {
  let times = 0;
  const { asked, one, sign } = signer(8, {
    sign: async (parts) => {
      if ((times += 1) === 2) throw new Error("busy");
      return sign(parts);
    },
  });
  await one.address(1);
  await soon();
  assert.equal((await one.address(5)).number, 5);
  assert.deepEqual(asked, [[1, 2, 3, 4], [5, 6, 7, 8]]);
});
