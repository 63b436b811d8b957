import assert from "node:assert/strict";
import { test } from "node:test";
import { AddressBook, piecesIn } from "../../tracking/static/tracking/addresses.js";

const ORIGIN = "https://study.example";
const LIST = "renditions/r1/720p/index.m3u8";
const film = (lease, lastsMs = 300_000) => ({ base: `/study/film/${lease}/`, folder: "v-1/", lastsMs });
const playlist = (pass) => `#EXTM3U
#EXT-X-MAP:URI="/media-files/${pass}/v-1/renditions/r1/720p/init.mp4"
#EXTINF:4.0,
/media-files/${pass}/v-1/renditions/r1/720p/00000.m4s
#EXT-X-ENDLIST
`;
const piece = (pass) => `${ORIGIN}/media-files/${pass}/v-1/renditions/r1/720p/00000.m4s`;

function makeBook({ lease = "a", pass = "new" } = {}) {
  const asked = [];
  const clock = { ms: 0 };
  const read = async (url) => {
    asked.push(url);
    if (pass === null) throw Object.assign(new Error(url), { status: 403 });
    return playlist(pass);
  };
  const book = new AddressBook({ film: film(lease), read, now: () => clock.ms, origin: ORIGIN });
  const url = `${ORIGIN}/study/film/${lease}/${LIST}`;
  book.learn(url, piecesIn(playlist("old"), url));
  return { book, asked, clock };
}

test("a playlist's pieces and headers are whole addresses", () => {
  const urls = piecesIn(playlist("p"), `${ORIGIN}/study/film/a/${LIST}`);
  assert.deepEqual(urls, [`${ORIGIN}/media-files/p/v-1/renditions/r1/720p/init.mp4`, piece("p")]);
});
test("fresh addresses are used as they are", async () => {
  const { book, asked } = makeBook();
  assert.equal(await book.fresh(piece("old")), piece("old"));
  assert.deepEqual(asked, []);
});
test("addresses that expire soon are renewed by their playlist, once for all who wait", async () => {
  const { book, asked, clock } = makeBook();
  clock.ms = 280_001;
  const answers = await Promise.all([book.fresh(piece("old")), book.fresh(piece("old"))]);
  assert.deepEqual(answers, [piece("new"), piece("new")]);
  assert.deepEqual(asked, [`${ORIGIN}/study/film/a/${LIST}`]);
  clock.ms += 280_000;
  assert.equal(await book.fresh(piece("old")), piece("new"));
  assert.equal(asked.length, 1);
});
test("what was refused is not trusted, however young", async () => {
  const { book } = makeBook();
  book.distrust();
  assert.equal(await book.fresh(piece("old")), piece("new"));
});
test("another lease moves playlists and renews pieces", async () => {
  const { book, asked } = makeBook();
  book.rebase(film("b"));
  assert.equal(await book.fresh(`${ORIGIN}/study/film/a/${LIST}`), `${ORIGIN}/study/film/b/${LIST}`);
  assert.equal(await book.fresh(piece("old")), piece("new"));
  assert.deepEqual(asked, [`${ORIGIN}/study/film/b/${LIST}`]);
});
test("the same lease again renews nothing", async () => {
  const { book, asked } = makeBook();
  book.rebase(film("a"));
  await book.fresh(piece("old"));
  assert.deepEqual(asked, []);
});
test("a lesson learnt moves to where it may be seen again", async () => {
  const { book } = makeBook();
  book.rebase({ ...film("a"), base: "/study/play/e/l/film/" });
  assert.equal(await book.fresh(`${ORIGIN}/study/film/a/${LIST}`), `${ORIGIN}/study/play/e/l/film/${LIST}`);
  book.rebase(film("c"));
  assert.equal(await book.fresh(`${ORIGIN}/study/play/e/l/film/${LIST}`), `${ORIGIN}/study/film/c/${LIST}`);
});
test("a refused playlist is an error, and asked again the next time", async () => {
  const { book, asked } = makeBook({ pass: null });
  book.distrust();
  await assert.rejects(book.fresh(piece("old")));
  await assert.rejects(book.fresh(piece("old")));
  assert.equal(asked.length, 2);
});
test("presigned addresses are known by their path, whatever is signed", async () => {
  const { book } = makeBook();
  const bucket = "https://bucket.example/private/videos/v-1/renditions/r1/720p/00000.m4s?X-Amz-Signature=1";
  assert.equal(await book.fresh(bucket), piece("old"));
});
test("what belongs to no film stays as it is", async () => {
  const { book } = makeBook();
  assert.equal(await book.fresh("https://elsewhere.example/x.m4s"), "https://elsewhere.example/x.m4s");
});
