import assert from "node:assert/strict";
import { test } from "node:test";
import { ChallengeFlow } from "../../tracking/static/tracking/challenge_flow.js";

const settle = () => new Promise((resolve) => setImmediate(resolve));
const QUESTION = {
  id: "q1",
  kind: "quiz",
  prompt: "测试题目",
  options: [{ key: "a", text: "甲" }, { key: "b", text: "乙" }],
  window_ms: 60_000,
  left_ms: 60_000,
};
const asked = (more = {}) => ({ status: 200, answer: { challenge: { ...QUESTION, ...more } } });
const judged = (outcome, more = {}) => ({ status: 200, answer: { outcome, message: "", retry_ms: 0, ...more } });

function set({ asks = [], answers = [] }) {
  const heard = { asked: 0, answered: [], views: [], reminded: 0, passed: [], ended: [], timers: [] };
  const clock = { now: 0 };
  const reply = async (replies) => {
    const next = replies.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  const flow = new ChallengeFlow({
    ask: () => (heard.asked++, reply(asks)),
    answer: (id, key) => (heard.answered.push([id, key]), reply(answers)),
    later: (run) => heard.timers.push(run),
    now: () => clock.now,
    on: {
      change: (view) => heard.views.push(view),
      remind: () => heard.reminded++,
      passed: (answer) => heard.passed.push(answer),
      ended: (answer, status) => heard.ended.push([status, answer]),
    },
  });
  const wait = (seconds) => {
    for (let second = 0; second < seconds; second += 1) {
      clock.now += 1000;
      for (const run of heard.timers.splice(0)) run();
    }
  };
  return { flow, heard, wait };
}

test("a question is asked for, answered, and passed", async () => {
  const right = judged("right", { credited_ms: 5 });
  const { flow, heard } = set({ asks: [asked()], answers: [right] });
  flow.open();
  assert.equal(flow.view.phase, "loading");
  await settle();
  assert.deepEqual([flow.view.phase, flow.view.challenge.prompt, flow.view.leftMs], ["question", "测试题目", 60_000]);
  flow.submit("b");
  assert.equal(flow.view.phase, "sending");
  await settle();
  assert.deepEqual(heard.answered, [["q1", "b"]]);
  assert.deepEqual(heard.passed, [right.answer]);
  assert.equal(flow.view.phase, "closed");
});
test("where none stands there is nothing to answer", async () => {
  const { flow, heard } = set({ asks: [{ status: 200, answer: { challenge: null } }] });
  flow.open();
  await settle();
  assert.deepEqual(heard.passed, [null]);
  assert.equal(flow.view.phase, "closed");
});
test("a wrong answer says so, and another question comes when the time is over", async () => {
  const { flow, heard, wait } = set({
    asks: [asked(), asked({ id: "q2" })],
    answers: [judged("wrong", { message: "答错了", retry_ms: 3000 })],
  });
  flow.open();
  await settle();
  flow.submit("a");
  await settle();
  assert.deepEqual([flow.view.phase, flow.view.kind, flow.view.message, flow.view.waitMs], ["verdict", "wrong", "答错了", 3000]);
  flow.next();
  assert.equal(heard.asked, 1);
  wait(3);
  assert.equal(flow.view.waitMs, 0);
  flow.next();
  await settle();
  assert.deepEqual([flow.view.phase, flow.view.challenge.id], ["question", "q2"]);
});
test("the time runs out: the learner is reminded once at 30 s, then may ask for another question", async () => {
  const { flow, heard, wait } = set({ asks: [asked(), asked({ id: "q2" })] });
  flow.open();
  await settle();
  wait(29);
  assert.equal(heard.reminded, 0);
  wait(2);
  assert.equal(heard.reminded, 1);
  wait(29);
  assert.deepEqual([flow.view.phase, flow.view.kind, flow.view.waitMs], ["verdict", "missed", 0]);
  assert.equal(heard.reminded, 1);
  flow.submit("a");
  assert.deepEqual(heard.answered, []);
  flow.next();
  await settle();
  assert.equal(flow.view.challenge.id, "q2");
});
test("the server's clock decides: an answer that came too late is missed", async () => {
  const { flow } = set({ asks: [asked()], answers: [judged("missed", { message: "超时" })] });
  flow.open();
  await settle();
  flow.submit("a");
  await settle();
  assert.deepEqual([flow.view.kind, flow.view.message], ["missed", "超时"]);
});
test("a question that cannot be had is asked for again", async () => {
  for (const failure of [new Error("blocked"), { status: 500, answer: {} }]) {
    const { flow } = set({ asks: [failure, asked()] });
    flow.open();
    await settle();
    assert.deepEqual([flow.view.phase, flow.view.kind], ["verdict", "failed"]);
    flow.retry();
    await settle();
    assert.equal(flow.view.phase, "question");
  }
});
test("an answer that did not arrive can be sent again", async () => {
  const { flow, heard } = set({ asks: [asked()], answers: [new Error("offline"), judged("right")] });
  flow.open();
  await settle();
  flow.submit("a");
  await settle();
  assert.deepEqual([flow.view.phase, flow.view.isUnsent], ["question", true]);
  flow.submit("b");
  await settle();
  assert.deepEqual(heard.answered, [["q1", "a"], ["q1", "b"]]);
  assert.equal(heard.passed.length, 1);
});
test("an answer whose receipt was lost leads to how things stand", async () => {
  const { flow, heard } = set({
    asks: [asked(), { status: 200, answer: { challenge: null } }],
    answers: [new Error("offline"), { status: 404, answer: {} }],
  });
  flow.open();
  await settle();
  flow.submit("a");
  await settle();
  flow.submit("a");
  await settle();
  await settle();
  assert.deepEqual(heard.passed, [null]);
});
test("too many wrong answers: the server's message and its time", async () => {
  const { flow, wait } = set({ asks: [{ status: 429, answer: { error: "cool_down", message: "请稍等", retry_ms: 2000 } }, asked()] });
  flow.open();
  await settle();
  assert.deepEqual([flow.view.kind, flow.view.message, flow.view.waitMs], ["cooling", "请稍等", 2000]);
  wait(2);
  flow.next();
  await settle();
  assert.equal(flow.view.phase, "question");
});
test("the end of the lease ends its challenge", async () => {
  const over = { end_reason: "taken_over" };
  const atAsking = set({ asks: [{ status: 409, answer: over }] });
  atAsking.flow.open();
  await settle();
  assert.deepEqual(atAsking.heard.ended, [[409, over]]);
  const atAnswering = set({ asks: [asked()], answers: [{ status: 403, answer: {} }] });
  atAnswering.flow.open();
  await settle();
  atAnswering.flow.submit("a");
  await settle();
  assert.deepEqual(atAnswering.heard.ended, [[403, {}]]);
  assert.equal(atAnswering.flow.view.phase, "closed");
});
test("put aside, it is the same question when it is opened again, and its time went on", async () => {
  const { flow, heard, wait } = set({ asks: [asked()] });
  flow.open();
  await settle();
  flow.dismiss();
  assert.equal(flow.view.phase, "closed");
  wait(40);
  assert.equal(heard.reminded, 0); // nobody is reminded of what is not shown
  flow.open();
  assert.deepEqual([flow.view.phase, flow.view.challenge.id, flow.view.leftMs], ["question", "q1", 20_000]);
  assert.equal(heard.asked, 1);
});
test("an answer that comes after the lease ended is not heard", async () => {
  const { flow, heard } = set({ asks: [asked()], answers: [judged("right")] });
  flow.open();
  await settle();
  flow.submit("a");
  flow.close();
  await settle();
  assert.deepEqual(heard.passed, []);
});
