import assert from "node:assert/strict";
import { test } from "node:test";

import {
  chooserState,
  dragsFiles,
  droppedFile,
  stateLine,
} from "../../media_pipeline/static/media_pipeline/chooser_rules.js";

test("one file is taken, several or none are not", () => {
  assert.equal(droppedFile({ files: ["a"] }), "a");
  assert.deepEqual([droppedFile({ files: ["a", "b"] }), droppedFile({ files: [] }), droppedFile(null)], [null, null, null]);
});

test("text dragged over the page is no file", () => {
  assert.deepEqual([dragsFiles({ types: ["Files"] }), dragsFiles({ types: ["text/plain"] }), dragsFiles(null)], [true, false, false]);
});

test("a video that has arrived is what the chooser keeps", () => {
  const video = { id: 3, uuid: "u", title: "讲座", state: "inspecting", label: "检查中", url: "/admin/video/inspect/3/" };
  const state = chooserState(video);
  assert.deepEqual([state.id, state.title, state.edit_url], [3, "讲座", "/admin/video/inspect/3/"]);
  assert.deepEqual(stateLine(state), { uuid: "u", label: "检查中", finished: false });
});

test("a finished video is not asked about, and no video has no line", () => {
  assert.equal(stateLine({ uuid: "u", state: "ready", label: "可播放" }).finished, true);
  assert.equal(stateLine({ uuid: "u", state: "failed", label: "失败" }).finished, true);
  assert.deepEqual(stateLine(null), { uuid: "", label: "", finished: true });
});
