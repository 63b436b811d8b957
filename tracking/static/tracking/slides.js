// A lesson of slides: pages are turned, and the time for which each is shown is counted up to what it asks for.
import { DeckView } from "./deck_view.js";
import { merge } from "./intervals.js";
import { readPage } from "./page.js";
import { PageClock } from "./page_clock.js";
import { Session } from "./session.js";
import { Watermark } from "./watermark.js";

const TICK_MS = 250;
const BUSY_MS = 8_000;
const BEGINS_AT_A_TOUCH = new Set(["silent", "left"]);
const RUNS = new Set(["playing", "paused", "page_read", "buffering", "hidden"]);

const page = readPage();
const { config, texts } = page;
const clock = new PageClock({ pageCount: config.pageCount, pageMs: config.pageMs, coverage: config.coverage });
clock.turnTo(config.completed ? 0 : clock.pageAt(config.positionMs)); // a learnt lesson begins anew
let deckNow = null;
let hasTurned = false;
let isDrawn = false;
let isOpening = false;
let isStopped = false;
let isTriedAgain = false;

const session = new Session({
  page,
  source: clock,
  facts: () => ({ rate: 1, positionMs: clock.positionMs }),
  on: {
    opened: (positionMs, deck) => {
      clock.settle(session.coverage, { keeps: session.provisionalMs > 0 });
      if (!hasTurned) clock.turnTo(clock.pageAt(positionMs));
      if (deck) useDeck(deck);
      drawCoverage();
    },
    answer: (waitingMs) => {
      clock.settle(session.coverage, { keeps: waitingMs > 0 || session.provisionalMs > 0 });
      drawCoverage();
    },
    halt: () => true,
    resume: () => start(),
    online: () => {
      if (session.activity === "unreachable" || !isDrawn) start();
    },
    stopped: () => (isStopped = !BEGINS_AT_A_TOUCH.has(session.activity)),
    completed: () => {
      useDeck({ ...deckNow, base: config.filmAgain }, { isShown: false });
      drawCoverage();
    },
  },
});

const view = new DeckView({
  texts,
  pageCount: config.pageCount,
  ask: {
    turn,
    overview: () => view.overview(clock.states),
    retry: () => start({ renew: true, isAgain: true }),
    drawn: (number) => {
      isDrawn = number === clock.page;
      isTriedAgain = false;
      view.prepare(number + 1);
      tick();
    },
    lost,
  },
});

// What the lease opens: before it there is nothing but a still of the first page.
function useDeck(deck, { isShown = true } = {}) {
  deckNow = deck;
  view.use(deck);
  if (isShown) show();
}

function show() {
  isDrawn = false;
  view.show(clock.page);
}

function turn(number) {
  const wanted = Math.min(Math.max(0, number), clock.pageCount - 1);
  if (wanted === clock.page && isDrawn) return;
  tick();
  hasTurned = true;
  clock.turnTo(wanted);
  show();
  tick();
  session.report();
  if (!isStopped) start();
}

// Make sure that what is shown counts; `renew` asks for a new lease, `isAgain` for the picture once more.
async function start({ takeOver = false, renew = false, isAgain = false } = {}) {
  if (takeOver || isAgain) isStopped = false;
  if (isStopped || document.hidden) return;
  if (session.isCompleted) {
    if (isAgain) show();
    return;
  }
  isOpening = true;
  const mayRead = await session.ensure({ takeOver, renew });
  isOpening = false;
  if (mayRead) {
    session.begin();
  } else if (session.activity === "overloaded") {
    setTimeout(start, BUSY_MS * (0.5 + Math.random()));
  } else if (!session.isChallenged && session.activity !== "unreachable") {
    isStopped = true;
  }
}

// A page did not come: the lease may be over, or the network away.
async function lost() {
  isDrawn = false;
  if (!isTriedAgain && !session.isCompleted && !isStopped) {
    isTriedAgain = true;
    await start({ renew: true, isAgain: true });
    if (session.isOpen) return; // it is on its way again
  }
  view.trouble(texts.pageAway);
}

function tick() {
  const isCounted = session.isOpen && !session.isCompleted;
  const isShown = isCounted && isDrawn && !isOpening && !document.hidden && !session.isChallenged;
  clock.tick(performance.now(), isShown);
  session.showPending();
  view.time({ leftMs: clock.leftMs(), pageMs: config.pageMs, isCounted });
  if (isCounted && !isOpening && !session.isChallenged && RUNS.has(session.activity)) follow();
  offerGap(isCounted);
}

// Say what the page does, and let reports go on or stand still with it.
function follow() {
  const activity = document.hidden ? "hidden" : !isDrawn ? "buffering" : clock.isRead() ? "page_read" : "playing";
  if (activity === session.activity) return;
  if (activity === "playing") session.begin();
  else session.pause(activity);
}

// Pages that were left out lie elsewhere than ahead.
function offerGap(isCounted) {
  const next = isCounted && clock.isRead() ? clock.nextUnread : null;
  document.getElementById("to-gap").hidden = next === null || next === clock.page + 1;
}

function drawCoverage() {
  view.coverage(merge(session.coverage), config.durationMs);
}

document.getElementById("take-over").addEventListener("click", () => start({ takeOver: true }));
document.getElementById("to-gap").addEventListener("click", () => turn(clock.nextUnread ?? clock.page));
document.addEventListener("visibilitychange", () => {
  tick();
  if (!document.hidden) start();
});
addEventListener("pointerdown", () => {
  if (BEGINS_AT_A_TOUCH.has(session.activity)) start();
});

// The name wanders over what is seen of the page, however large the page is made.
const frame = document.getElementById("deck-frame");
const seen = {
  getBoundingClientRect: () => new DOMRect(0, 0, frame.clientWidth, frame.clientHeight),
  videoWidth: 0,
  videoHeight: 0,
  addEventListener: () => {},
};
new Watermark({ screen: document.getElementById("screen"), video: seen, text: config.watermark });
view.show(clock.page);
drawCoverage();
if (config.film) useDeck(config.film);
setInterval(tick, TICK_MS);
start();
