import assert from "node:assert/strict";
import { test } from "node:test";

import { FOLLOWING, fieldOf, isShown } from "../../cms_pages/static/cms_pages/lesson_kinds.js";

test("only packages have what packages report", () => {
  for (const field of FOLLOWING) {
    assert.equal(isShown(field, "scorm"), true);
    for (const kind of ["video", "reading", "slides"]) assert.equal(isShown(field, kind), false);
    assert.equal(isShown(field, ""), true);
  }
  assert.equal(isShown("title", "reading"), true);
});

test("fields are told by their names", () => {
  assert.deepEqual(fieldOf("lessons-2-scorm_goal"), { form: "lessons-2", field: "scorm_goal" });
  assert.deepEqual(fieldOf("lessons-12-kind"), { form: "lessons-12", field: "kind" });
  for (const name of ["title", "lessons-TOTAL_FORMS", "lessons-2-questions-0-value", undefined]) {
    assert.equal(fieldOf(name), null);
  }
});
