// A reading lesson: time counts while the page is visible and its reader is there.
import { Dwell } from "./dwell.js";
import { firstGap } from "./intervals.js";
import { readPage, Session } from "./session.js";

const TICK_MS = 500;
const ACTIVITY = ["scroll", "keydown", "pointerdown", "pointermove", "wheel", "touchstart"];

const page = readPage();
const { config } = page;
const gap = (coverage) => firstGap(coverage, config.requiredMs) ?? config.requiredMs;
const dwell = new Dwell(gap(config.coverage), config.requiredMs);
let isStopped = false;

const session = new Session({
  page,
  source: dwell,
  facts: () => ({ rate: 1, positionMs: session.creditedMs }),
  on: {
    opened: () => dwell.settle(gap(session.coverage), 0),
    answer: (_answer, waitingMs) => dwell.settle(gap(session.coverage), waitingMs),
    stopped: () => (isStopped = session.meter.state !== "silent"),
    completed: () => clearInterval(ticking),
  },
});

async function start({ takeOver = false } = {}) {
  if (session.isCompleted || isStopped || document.hidden) return;
  if (await session.ensure({ takeOver })) session.begin();
  else isStopped = true;
}

function tick() {
  const now = performance.now();
  const isRunning = session.isOpen && !document.hidden && dwell.isActive(now);
  dwell.tick(now, isRunning);
  session.showPending();
  const state = session.meter.state;
  if (isRunning && (state === "inactive" || state === "hidden")) start();
  if (!isRunning && state === "counting") session.pause(document.hidden ? "hidden" : "inactive");
}

for (const name of ACTIVITY) {
  addEventListener(
    name,
    () => {
      dwell.touch(performance.now());
      if (session.meter.state === "silent" || session.meter.state === "left") start();
    },
    { passive: true, capture: true },
  );
}
document.addEventListener("visibilitychange", () => {
  dwell.touch(performance.now());
  if (document.hidden) tick();
  else start();
});
document.getElementById("take-over").addEventListener("click", () => {
  isStopped = false;
  start({ takeOver: true });
});

dwell.touch(performance.now());
const ticking = setInterval(tick, TICK_MS);
start();
