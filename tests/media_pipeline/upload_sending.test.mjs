import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, request as ask } from "node:http";
import test, { after, before } from "node:test";

import { RefusedError } from "../../media_pipeline/static/media_pipeline/upload_requests.js";
import { FileChangedError, Lanes, Sending } from "../../media_pipeline/static/media_pipeline/upload_sending.js";

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

function desk(more = {}) {
  const answers = { complete: async () => ({ video: { id: 7 } }), ...more };
  return {
    begin: async () => ({ id: "u", part_bytes: 2, part_count: 5, parallel: 3, received: site.received }),
    sign: async (_, [{ number }]) => ({ parts: [{ number, url: `${address}/${number}`, headers: {}, received: false }] }),
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
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = (call, ms) => wait(call, Math.min(ms, 10));
  try {
    await assert.rejects(one.run(), (error) => error.status === 400);
  } finally {
    globalThis.setTimeout = wait;
  }
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
