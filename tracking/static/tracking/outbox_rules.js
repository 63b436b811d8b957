// What becomes of reports that an earlier page left behind.
//
// A record is one lease that this browser held: {lease, learner, place, at, reports}. `reports` are bodies in their order, with the
// tokens and numbers that they were or would have been sent with; `at` is when the record was last written.

export const KEPT_FOR_MS = 24 * 3_600_000;
const SURELY_LEFT_MS = 20_000; // a page that plays writes its record every few seconds

function isSound(record) {
  return typeof record?.lease === "string" && Number.isFinite(record.at) && Array.isArray(record.reports);
}

// Which records to drop (old, broken, another learner's) and which were left by pages that are gone, the oldest first.
// `held` are the leases of pages that live, or null where the browser cannot say; `own` is the lease this tab had before.
export function sortRecords(records, { learner, nowMs, held, own = null }) {
  const isKept = (record) =>
    isSound(record) && record.learner === learner && Math.abs(nowMs - record.at) <= KEPT_FOR_MS;
  const isLeft = ({ lease, at }) =>
    held === null ? lease === own || nowMs - at > SURELY_LEFT_MS : !held.has(lease);
  return {
    dropped: records.filter((record) => !isKept(record)),
    left: records.filter((record) => isKept(record) && isLeft(record)).sort((one, other) => one.at - other.at),
  };
}

// What the answer to a report sent again means for it and for those behind it.
export function verdictOn(reply) {
  if (reply === null || reply.status === 408 || reply.status === 429 || reply.status >= 500) return "later";
  if (reply.status === 200) return "taken";
  if (reply.status === 409 && reply.answer?.status === "lease_ended") return "ended"; // and taken as far as it could be
  return reply.status === 400 ? "unreadable" : "refused";
}
