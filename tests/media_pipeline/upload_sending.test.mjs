import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, request as ask } from "node:http";
import test, { after, before } from "node:test";

import { Lanes } from "../../media_pipeline/static/media_pipeline/upload_lanes.js";
import { RefusedError } from "../../media_pipeline/static/media_pipeline/upload_requests.js";
import { FileChangedError, Sending } from "../../media_pipeline/static/media_pipeline/upload_sending.js";

// A site and a browser small enough to stand here: real HTTP, and the XMLHttpRequest that Node lacks.
const site = { parts: new Map(), received: [], fail: () => 0, most: 0, now: 0 };
let server;
let address;

class Request {
  upload = {};
  #headers = {};
  open(method, url) {
    Object.assign(this, { method, url });
  }
  setRequestHeader(name, value) {
    this.#headers[name] = value;
  }
  abort() {
    this.stopped = true;
    this.request?.destroy();
    this.onabort();
  }
  async send(body) {
    const bytes = Buffer.from(await body.arrayBuffer());
    if (this.stopped) return;
    this.request = ask(this.url, { method: this.method, headers: this.#headers }, async (answer) => {
      this.responseText = "";
      for await (const chunk of answer) this.responseText += chunk;
      this.status = answer.statusCode;
      this.onload();
    });
    this.request.on("error", () => this.stopped || this.onerror());
    this.request.end(bytes);
  }
}

before(async () => {
  globalThis.XMLHttpRequest = Request;
  globalThis.addEventListener = () => {};
  server = createServer(async (request, response) => {
    site.now += 1;
    site.most = Math.max(site.most, site.now);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    await new Promise((resolve) => setTimeout(resolve, 5));
    site.now -= 1;
    const number = Number(request.url.slice(1));
    const status = site.fail(number);
    if (!status) site.parts.set(number, Buffer.concat(chunks));
    response.writeHead(status || 200).end("{}");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${server.address().port}`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

const CONTENT = "0123456789";
const FILE = Object.assign(new Blob([CONTENT]), { name: "课.mp4", lastModified: 1 });
const digest = (text) => createHash("sha256").update(text).digest("hex");

const addressOf = ({ number }) => ({ number, url: `${address}/${number}`, headers: {}, received: false });

/** Signs as the site does, and remembers which parts were asked for together. */
function signing(asked, spoil = () => {}) {
  return async (_, parts, signal) => {
    asked.push(parts.map((part) => part.number));
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (signal.aborted) throw new DOMException("stopped", "AbortError");
    spoil(asked.length);
    return { parts: parts.map(addressOf) };
  };
}

/** Waits no longer than a moment, wherever the uploader would wait. */
async function inNoTime(work) {
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = (call, ms) => wait(call, Math.min(ms, 10));
  try {
    return await work();
  } finally {
    globalThis.setTimeout = wait;
  }
}

function desk(more = {}) {
  const answers = { complete: async () => ({ video: { id: 7 } }), ...more };
  return {
    begin: async () => ({ id: "u", part_bytes: 2, part_count: 5, parallel: 3, received: site.received }),
    sign: async (_, parts) => ({ parts: parts.map(addressOf) }),
    ...answers,
  };
}

function sending(theDesk = desk(), told = []) {
  Object.assign(site, { parts: new Map(), most: 0, now: 0 });
  return new Sending({ desk: theDesk, lanes: new Lanes(2), file: FILE, facts: {}, tell: (news) => told.push(news) });
}

function whole() {
  return [...site.parts].sort(([a], [b]) => a - b).map(([, part]) => part.toString()).join("");
}

test("all parts arrive, and never more at once than there are lanes", async () => {
  Object.assign(site, { received: [], fail: () => 0 });
  const told = [];
  const video = await sending(desk(), told).run();
  assert.deepEqual([video, whole(), site.most], [{ id: 7 }, CONTENT, 2]);
  assert.equal(told.filter((news) => "bytes" in news).at(-1).bytes, 10);
  assert.deepEqual(told.filter((news) => news.phase).map((news) => news.phase), ["preparing", "sending", "finishing"]);
});

test("what had arrived is compared and not sent again", async () => {
  Object.assign(site, { received: [2, 3].map((n) => ({ number: n, sha256: digest(CONTENT.slice(2 * n - 2, 2 * n)) })) });
  await sending().run();
  assert.deepEqual([...site.parts.keys()].sort(), [1, 4, 5]);
});

test("a file that was changed meanwhile is not mixed with what had arrived", async () => {
  Object.assign(site, { received: [{ number: 1, sha256: digest("XX") }] });
  await assert.rejects(sending().run(), FileChangedError);
  assert.equal(site.parts.size, 0);
});

test("damaged parts, expired addresses and overloaded servers are tried again", async () => {
  const left = { 1: [400], 2: [403, 403], 4: [503] };
  Object.assign(site, { received: [], fail: (number) => left[number]?.shift() ?? 0 });
  await sending().run();
  assert.equal(whole(), CONTENT);
});

test("a full disk ends it at once, with the words of the site", async () => {
  Object.assign(site, { received: [], fail: () => 507 });
  await assert.rejects(sending().run(), (error) => error instanceof RefusedError && error.status === 507);
});

test("a refusal that does not pass ends it after a few tries", async () => {
  let tries = 0;
  Object.assign(site, { received: [], fail: (number) => (number === 1 ? ((tries += 1), 400) : 0) });
  const one = sending();
  one.file = Object.assign(new Blob(["01"]), { name: "a", lastModified: 1 });
  one.desk.begin = async () => ({ id: "u", part_bytes: 2, part_count: 1, parallel: 1, received: [] });
  await inNoTime(() => assert.rejects(one.run(), (error) => error.status === 400));
  assert.equal(tries, 6);
});

test("parts that the site misses at the end are sent once more", async () => {
  Object.assign(site, { received: [], fail: () => 0 });
  let asked = 0;
  const complete = async () => {
    asked += 1;
    if (asked > 1) return { video: { id: 7 } };
    site.parts.delete(3);
    throw new RefusedError(409, { error: "parts_missing", message: "", missing: [3] });
  };
  await sending(desk({ complete })).run();
  assert.deepEqual([asked, whole()], [2, CONTENT]);
});

test("paused, nothing is sent; resumed, it goes on; stopped, it ends", async () => {
  Object.assign(site, { received: [], fail: () => 0 });
  const one = sending();
  one.pause();
  const running = one.run();
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(site.parts.size, 0);
  one.resume();
  await running;
  assert.equal(whole(), CONTENT);

  const other = sending();
  other.pause();
  const stopped = assert.rejects(other.run(), { name: "AbortError" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  other.stop();
  await stopped;
});

test("parts are signed in groups; one that is refused is signed alone", async () => {
  const left = { 2: [403], 5: [400] };
  Object.assign(site, { received: [], fail: (number) => left[number]?.shift() ?? 0 });
  const asked = [];
  await inNoTime(() => sending(desk({ sign: signing(asked) })).run());
  assert.deepEqual([whole(), asked.slice(0, 2)], [CONTENT, [[1, 2, 3], [4, 5]]]);
  assert.deepEqual(asked.slice(2).sort(), [[2], [5]]);
});

test("what was sent before, and what is there without our knowing, is in no group and not sent", async () => {
  Object.assign(site, { received: [{ number: 1, sha256: digest("01") }], fail: () => 0 });
  const asked = [];
  const sign = async (id, parts, signal) => {
    const answer = await signing(asked)(id, parts, signal);
    return { parts: answer.parts.map((part) => ({ ...part, received: part.number === 4 })) };
  };
  await sending(desk({ sign })).run();
  assert.deepEqual([asked, [...site.parts.keys()].sort()], [[[2, 3, 4], [5]], [2, 3, 5]]);
});

test("a group that the site has no time for is asked for again as a whole", async () => {
  Object.assign(site, { received: [], fail: () => 0 });
  const asked = [];
  const sign = signing(asked, (times) => {
    if (times <= 2) throw new RefusedError(429, { error: "too_often" });
  });
  await inNoTime(() => sending(desk({ sign })).run());
  assert.deepEqual([whole(), asked], [CONTENT, [[1, 2, 3], [1, 2, 3], [1, 2, 3], [4, 5]]]);
});

test("what the site refuses for good while it signs ends it", async () => {
  Object.assign(site, { received: [], fail: () => 0 });
  for (const status of [403, 404, 409]) {
    const sign = signing([], () => {
      throw new RefusedError(status);
    });
    await assert.rejects(sending(desk({ sign })).run(), (error) => error.status === status);
  }
  assert.equal(site.parts.size, 0);
});

test("paused while a group is signed, and resumed at once, it goes on", async () => {
  Object.assign(site, { received: [], fail: () => 0 });
  const asked = [];
  const sign = signing(asked, () => {});
  const one = sending(desk({ sign: (...facts) => (asked.length || setTimeout(() => (one.pause(), one.resume())), sign(...facts)) }));
  await one.run();
  assert.equal(whole(), CONTENT);
});

test("a file that cannot be read ends it before anything is signed", async () => {
  Object.assign(site, { received: [], fail: () => 0 });
  const asked = [];
  const one = sending(desk({ sign: signing(asked) }));
  one.file = { name: "a", size: 10, lastModified: 1, slice: () => ({ arrayBuffer: async () => { throw new DOMException("", "NotReadableError"); } }) };
  await assert.rejects(one.run(), { name: "NotReadableError" });
  assert.deepEqual(asked, []);
});

