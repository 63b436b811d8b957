// A reading lesson: time counts while the page is visible and its reader is there.
import { Dwell } from "./dwell.js";
import { firstGap } from "./intervals.js";
import { readPage } from "./page.js";
import { Session } from "./session.js";

const TICK_MS = 500;
const BUSY_MS = 8_000;
const ACTIVITY = ["scroll", "keydown", "pointerdown", "pointermove", "wheel", "touchstart"];
const BEGINS_AT_A_TOUCH = new Set(["silent", "left"]);

const page = readPage();
const { config } = page;
// Where reading goes on: behind what is credited, and behind what waits for an answer.
const next = (coverage, provisionalMs) =>
  Math.min(config.requiredMs, (firstGap(coverage, config.requiredMs) ?? config.requiredMs) + provisionalMs);
const dwell = new Dwell(next(config.coverage, config.provisionalMs), config.requiredMs);
let isStopped = false;
let ticking;

const session = new Session({
  page,
  source: dwell,
  facts: () => ({ rate: 1, positionMs: session.creditedMs }),
  on: {
    opened: () => dwell.settle(next(session.coverage, session.provisionalMs), 0),
    answer: (waitingMs) => dwell.settle(next(session.coverage, session.provisionalMs), waitingMs),
    halt: () => true,
    resume: () => start(),
    online: () => {
      if (session.activity === "unreachable") begin();
    },
    stopped: () => (isStopped = !BEGINS_AT_A_TOUCH.has(session.activity)),
    completed: () => clearInterval(ticking),
  },
});

async function start({ takeOver = false } = {}) {
  if (session.isCompleted || isStopped || document.hidden) return;
  if (await session.ensure({ takeOver })) session.begin();
  else if (!session.isChallenged) isStopped = true;
  if (session.activity === "overloaded") setTimeout(begin, BUSY_MS * (0.5 + Math.random()));
}

function begin(how) {
  isStopped = false;
  start(how);
}

function tick() {
  const now = performance.now();
  const isHere = session.isOpen && !document.hidden && dwell.isActive(now);
  const isRunning = isHere && !session.isChallenged;
  dwell.tick(now, isRunning);
  session.showPending();
  const { activity } = session;
  if (isRunning && (activity === "inactive" || activity === "hidden")) start();
  if (!isHere && activity === "playing") session.pause(document.hidden ? "hidden" : "inactive");
}

for (const name of ACTIVITY) {
  addEventListener(
    name,
    () => {
      dwell.touch(performance.now());
      if (BEGINS_AT_A_TOUCH.has(session.activity)) start();
    },
    { passive: true, capture: true },
  );
}
document.addEventListener("visibilitychange", () => {
  dwell.touch(performance.now());
  if (document.hidden) tick();
  else start();
});
document.getElementById("take-over").addEventListener("click", () => begin({ takeOver: true }));

dwell.touch(performance.now());
ticking = setInterval(tick, TICK_MS);
start();
