import assert from "node:assert/strict";
import { test } from "node:test";
import { Lease, retryAfterMs } from "../../tracking/static/tracking/lease.js";
import { activityWithoutLease, refusalIn, stateOf } from "../../tracking/static/tracking/play_state.js";

test("while nothing stands in the way, what plays counts", () => {
  assert.equal(stateOf({ activity: "playing" }), "counting");
});
test("each way of not counting has its own name", () => {
  for (const activity of ["paused", "hidden", "inactive", "buffering", "rewatching", "held", "taken_over", "silent", "completed"])
    assert.equal(stateOf({ activity }), activity);
  for (const refusal of ["daily_cap", "too_fast"]) assert.equal(stateOf({ activity: "playing", refusal }), refusal);
});
test("a challenge matters more than the network, and the network more than what plays", () => {
  const facts = { activity: "playing", trouble: "offline", refusal: "daily_cap" };
  assert.equal(stateOf({ ...facts, isChallenged: true }), "challenge");
  assert.equal(stateOf(facts), "offline");
  assert.equal(stateOf({ ...facts, activity: "paused" }), "offline");
});
test("where nothing can be played, nothing else is said", () => {
  assert.equal(stateOf({ activity: "taken_over", isChallenged: true, trouble: "offline" }), "taken_over");
});
test("the server's refusals are heard, and end when something counts again", () => {
  assert.equal(refusalIn({ newly_ms: 10, not_counted: { daily_cap: 5 } }), "daily_cap");
  assert.equal(refusalIn({ newly_ms: 0, not_counted: { too_fast_playback: 5 } }), "too_fast");
  assert.equal(refusalIn({ newly_ms: 0, not_counted: {} }, "daily_cap"), "daily_cap");
  assert.equal(refusalIn({ newly_ms: 1, not_counted: {} }, "daily_cap"), null);
  assert.equal(refusalIn({ newly_ms: 0, not_counted: { already_counted: 9 } }), null);
});
test("Retry-After is read as seconds or as a date, and bounded", () => {
  const now = Date.parse("2026-03-02T10:00:00Z");
  assert.equal(retryAfterMs("3", now), 3000);
  assert.equal(retryAfterMs("Mon, 02 Mar 2026 10:00:05 GMT", now), 5000);
  assert.equal(retryAfterMs("Mon, 02 Mar 2026 09:00:00 GMT", now), undefined);
  assert.equal(retryAfterMs(null, now), undefined);
  assert.equal(retryAfterMs("soon", now), undefined);
  assert.equal(retryAfterMs("86400", now), 300_000);
});
test("a lease that was not given says why: a limit in the server's words is no busy server", () => {
  const statuses = [0, 409, 422, 403, 429, 500, 503];
  const names = ["unreachable", "held", "refused", "refused", "refused", "overloaded", "overloaded"];
  assert.deepEqual(
    statuses.map((status) => activityWithoutLease({ status, message: status ? "说明" : undefined })),
    names,
  );
  assert.equal(activityWithoutLease({ status: 429 }), "overloaded");
});
test("the words of a refusal come through", async (t) => {
  const body = JSON.stringify({ error: "too_many_leases", message: "请稍后" });
  t.mock.method(globalThis, "fetch", async () => new Response(body, { status: 429, headers: { "Retry-After": "60" } }));
  const { status, message, token } = await new Lease({ url: "/", csrf: "" }).open();
  assert.deepEqual({ status, message, token }, { status: 429, message: "请稍后", token: null });
});
