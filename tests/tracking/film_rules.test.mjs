import assert from "node:assert/strict";
import { test } from "node:test";
import { chapterAt } from "../../tracking/static/tracking/chapters.js";
import { parsePreviews, pictureAt } from "../../tracking/static/tracking/previews.js";
import { levelFor, nameOf, rungsOf, startEstimate } from "../../tracking/static/tracking/quality.js";
import { nextSpot, pictureIn } from "../../tracking/static/tracking/watermark.js";

const LEVELS = [
  { width: 640, height: 360 },
  { width: 1280, height: 720 },
  { width: 960, height: 540 },
];

test("an upright film is called by its shorter side", () => {
  assert.equal(nameOf({ width: 1920, height: 1080 }), "1080p");
  assert.equal(nameOf({ width: 720, height: 1280 }), "720p");
});
test("rungs stand the best first and know their place in the stream", () => {
  const rungs = rungsOf(LEVELS);
  assert.deepEqual(rungs.map(({ name, index }) => [name, index]), [["720p", 1], ["540p", 2], ["360p", 0]]);
});
test("a wish is met by its rung or by the nearest lighter one", () => {
  const rungs = rungsOf(LEVELS);
  assert.equal(levelFor("540p", rungs), 2);
  assert.equal(levelFor("1080p", rungs), 1);
  assert.equal(levelFor("240p", rungs), 0);
  assert.equal(levelFor("auto", rungs), -1);
  assert.equal(levelFor(undefined, rungs), -1);
  assert.equal(levelFor("720p", []), -1);
});
test("the first rung is chosen by what was measured, then by what the browser says, then modestly", () => {
  assert.equal(startEstimate(), 500_000);
  assert.equal(startEstimate({ measured: 2_000_000, downlinkMbps: 10 }), 1_400_000);
  assert.equal(startEstimate({ downlinkMbps: 1.5 }), 750_000);
  assert.equal(startEstimate({ downlinkMbps: 100 }), 4_000_000);
  assert.equal(startEstimate({ measured: 5, savesData: false }), 100_000);
  assert.equal(startEstimate({ measured: 9e9, savesData: true }), 100_000);
});
test("pictures of the seek bar are read from WebVTT", () => {
  const text = "WEBVTT\n\n00:00.000 --> 00:05.000\na.jpg#xywh=0,0,160,90\n\n1:00:05.500 --> 1:00:10.000\na.jpg#xywh=160,0,160,90\n";
  const pictures = parsePreviews(text, "https://x.example/f/previews.vtt");
  assert.equal(pictures.length, 2);
  assert.deepEqual(pictures[1], {
    start: 3_605_500,
    end: 3_610_000,
    url: "https://x.example/f/a.jpg",
    x: 160,
    y: 0,
    width: 160,
    height: 90,
  });
  assert.equal(pictureAt(pictures, 4_999), pictures[0]);
  assert.equal(pictureAt(pictures, 5_000), null);
  assert.deepEqual(parsePreviews("nothing", "https://x.example/"), []);
});
test("the chapter is the last one that has begun", () => {
  assert.equal(chapterAt([0, 10_000], 9_999), 0);
  assert.equal(chapterAt([0, 10_000], 10_000), 1);
  assert.equal(chapterAt([5_000], 0), -1);
});
test("the watermark never stays and never stands on the captions", () => {
  for (let before = 0; before < 12; before += 1) {
    for (const random of [0, 0.5, 0.999]) {
      const { spot, left, top } = nextSpot(before, () => random);
      assert.notEqual(spot, before);
      assert.ok(left >= 0 && left <= 1 && top >= 0 && top <= 1);
    }
  }
});
test("the picture lies in the middle of its box", () => {
  const box = { width: 400, height: 800 };
  assert.deepEqual(pictureIn(box, { videoWidth: 1600, videoHeight: 900 }), { x: 0, y: 287.5, width: 400, height: 225 });
  assert.deepEqual(pictureIn(box, { videoWidth: 0, videoHeight: 0 }), { x: 0, y: 0, width: 400, height: 800 });
});
