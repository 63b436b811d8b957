// What the page of a package shows, from what its stage says: no document, no messages.

// The buttons in their order, and the names by which a package may ask for one to be hidden.
export const REQUESTS = ["previous", "continue", "suspendAll", "exit", "exitAll", "abandon", "abandonAll"];
const AT_LEAST_LEFT = ["suspendAll", "exitAll"]; // nobody is shut in: one of these always stays

// Whether a message comes from the stage that this page opened.
export function isFromStage(event, { origin, source }) {
  return event.origin === origin && event.source === source && source !== null && origin !== "null";
}

// What to ask of the sequencer at the beginning.
export function firstRequest({ isSuspended = false, attempt = null }) {
  return isSuspended && attempt !== null ? "resumeAll" : "start";
}

// Which buttons stand there, and which of them can be pressed. `isSingle`: there is nothing to go on to.
export function buttonsOf({ can = {}, hide = [], isSingle = false }) {
  const hidden = new Set(hide);
  const rows = REQUESTS.map((request) => {
    const isEnabled = can[request] === true;
    const isMoving = request === "previous" || request === "continue";
    const isRare = request === "exit" || request === "abandon" || request === "abandonAll";
    const isShown = !hidden.has(request) && (isMoving ? isEnabled || !isSingle : isRare ? isEnabled : true);
    return { request, isShown, isEnabled };
  });
  if (!rows.some((row) => AT_LEAST_LEFT.includes(row.request) && row.isShown)) {
    rows.find((row) => row.request === "suspendAll").isShown = true;
  }
  return rows;
}

// How far an item is, by one word: what it says of success outweighs what it says of completion.
export function stateOfItem({ completion = "unknown", success = "unknown" }) {
  if (success === "passed" || success === "failed") return success;
  if (completion === "completed" || completion === "incomplete") return completion;
  return "unattempted";
}

// Whether an item has come to an end that nobody has to wait for.
export function isSettled(state) {
  return state === "passed" || state === "failed" || state === "completed";
}

// How far a list is to be scrolled so that an entry stands in it, measured from its upper edge; as little as possible.
export function scrollBy({ top, bottom }, height) {
  if (top < 0) return top;
  return bottom > height ? Math.min(bottom - height, top) : 0;
}

// The table of contents as rows; clusters carry the state that rolled up to them, and are under way as soon as something below
// them is.
export function rowsOf(items) {
  const rows = items
    .filter(({ isVisible }) => isVisible !== false)
    .map((item) => ({
      id: item.id,
      title: item.title || item.id,
      depth: Math.min(Math.max(0, item.depth ?? 0), 6),
      isLeaf: item.isLeaf !== false,
      isCurrent: item.isCurrent === true,
      isEnabled: item.isEnabled === true,
      state: stateOfItem(item),
    }));
  return rows.map((row, place) => (isUnderWay(rows, place) ? { ...row, state: "incomplete" } : row));
}

function isUnderWay(rows, place) {
  const { depth, isLeaf, state } = rows[place];
  if (isLeaf || state !== "unattempted") return false;
  const after = rows.slice(place + 1);
  const end = after.findIndex((row) => row.depth <= depth);
  return after.slice(0, end === -1 ? after.length : end).some((row) => row.isCurrent || row.state !== "unattempted");
}

// A tree of one leaf needs no table of contents.
export function isSingle(items) {
  return items.filter(({ isLeaf }) => isLeaf !== false).length <= 1;
}

// The leaves that may be chosen now, in their order.
export function choosableOf(items) {
  return rowsOf(items)
    .filter(({ isLeaf, isEnabled }) => isLeaf && isEnabled)
    .map(({ id }) => id);
}

// How many leaves are behind the learner, and of how many.
export function progressOf(items) {
  const leaves = rowsOf(items).filter(({ isLeaf }) => isLeaf);
  const done = leaves.filter(({ state }) => state === "completed" || state === "passed");
  return { done: done.length, all: leaves.length };
}

// "saved", "saving" or "unsaved" (the network is away, or it takes too long).
export function savingOf({ pending, isOnline = true, sinceMs = 0 }) {
  if (pending === 0) return "saved";
  return isOnline && sinceMs < 5_000 ? "saving" : "unsaved";
}

// The score in figures: what the package gives, or its scaled one in hundredths; "" where it says none.
export function scoreOf({ raw = null, max = null, scaled = null }) {
  const round = (number) => String(Math.round(number * 100) / 100);
  if (raw !== null && raw !== undefined) return max === null || max === undefined ? round(raw) : `${round(raw)} / ${round(max)}`;
  return scaled === null || scaled === undefined ? "" : `${round(scaled * 100)} / 100`;
}

// Whether time counts: an item runs, on a page that is seen, while no question waits.
export function counts({ itemState, isHidden, isChallenged, isOpen }) {
  return isOpen && !isHidden && !isChallenged && itemState === "running";
}

// What refusals of commits mean for the page: "elsewhere" (another sitting writes), "over" (the attempt ended) or
// "expired" (the pass to write has run out).
export function refusalOf(code) {
  if (code === "stale") return "elsewhere";
  if (code === "attempt_ended") return "over";
  return "expired";
}
