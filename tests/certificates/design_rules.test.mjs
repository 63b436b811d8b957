import assert from "node:assert/strict";
import test from "node:test";

import { latestOnly, saidOf } from "../../certificates/static/certificates/design_rules.js";

function clock() {
  const due = new Map();
  let number = 0;
  return {
    later(run) {
      due.set(++number, run);
      return number;
    },
    never: (id) => due.delete(id),
    async strike() {
      const runs = [...due.values()];
      due.clear();
      await Promise.all(runs.map((run) => run()));
    },
  };
}

function preview(answers) {
  const time = clock();
  const shown = [];
  const asked = [];
  const ask = (signal) => {
    asked.push(signal);
    return answers[asked.length - 1]();
  };
  const desk = latestOnly({ ask, show: (answer) => shown.push(answer), fail: () => shown.push("failed"), delay: 1, ...time });
  return { desk, time, shown, asked };
}

test("several keys in a row ask once", async () => {
  const { desk, time, shown, asked } = preview([async () => "first"]);
  desk.soon();
  desk.soon();
  desk.soon();
  await time.strike();
  assert.deepEqual([asked.length, shown], [1, ["first"]]);
});

test("an older answer that comes late is not shown, and its question is called off", async () => {
  let answerFirst;
  const first = new Promise((resolve) => (answerFirst = resolve));
  const { desk, shown, asked } = preview([() => first, async () => "second"]);
  const older = desk.now();
  await desk.now();
  answerFirst("first");
  await older;
  assert.deepEqual([shown, asked[0].aborted, asked[1].aborted], [["second"], true, false]);
});

test("a failure is told, but not that of a question called off", async () => {
  let failFirst;
  const first = new Promise((_, reject) => (failFirst = reject));
  const { desk, shown } = preview([() => first, () => Promise.reject(new Error("away"))]);
  const older = desk.now();
  await desk.now();
  failFirst(new Error("aborted"));
  await older;
  assert.deepEqual(shown, ["failed"]);
});

test("asking at once forgets what was to be asked later", async () => {
  const { desk, time, asked } = preview([async () => "now"]);
  desk.soon();
  await desk.now();
  await time.strike();
  assert.equal(asked.length, 1);
});

test("problems stand on lines of their own, anything else is said in general words", () => {
  assert.equal(saidOf(422, { problems: ["甲", "乙"] }, "稍后"), "甲\n乙");
  assert.equal(saidOf(422, { problems: [] }, "稍后"), "稍后");
  assert.equal(saidOf(500, { problems: ["甲"] }, "稍后"), "稍后");
  assert.equal(saidOf(502, null, "稍后"), "稍后");
});
