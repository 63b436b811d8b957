/** When to ask again, and what to show: nothing here touches the page. */

export const FIRST_WAIT_MS = 1500;
export const LONGEST_WAIT_MS = 20000;

/** The address that asks for the unfinished videos, or an empty text when all are done. */
export function addressFor(statusesUrl, uuids) {
  if (uuids.length === 0) return "";
  return `${statusesUrl}?${uuids.map((uuid) => `uuid=${encodeURIComponent(uuid)}`).join("&")}`;
}

/** Every second and a half while answers come; slower and slower while they do not. */
export function nextWait(failuresInARow) {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failuresInARow);
}

/** What a status line shows. */
export function lineFor(status) {
  return {
    label: status.label,
    percent: status.percent,
    showsProgress: !status.finished,
    reason: status.reason,
  };
}
