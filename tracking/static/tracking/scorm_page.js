// A lesson of a package: its own reports go from the stage to the server; here the time is measured, as for a reading.
import { Dwell } from "./dwell.js";
import { firstGap } from "./intervals.js";
import { readPage } from "./page.js";
import { counts } from "./scorm_page_rules.js";
import { ScormPlayer } from "./scorm_player.js";
import { Session } from "./session.js";

const TICK_MS = 500;
const HEAR_EVERY_MS = 4_000;
const ANSWER_PATIENCE_MS = 3_000;
const STAYS_OPEN_MS = 5 * 60_000; // a page in the background is heard of, or its lease would be taken for left
const STAYS = new Set(["playing", "paused", "hidden", "time_enough"]); // activities between which ticking decides
const TAKES_OVER = new Set(["held", "taken_over"]);

const page = readPage();
const { config, texts } = page;
const timelineMs = config.durationMs;
const next = (coverage, provisionalMs) =>
  Math.min(timelineMs, (firstGap(coverage, timelineMs) ?? timelineMs) + provisionalMs);
const dwell = new Dwell(next(config.coverage, config.provisionalMs), timelineMs);
let launch = config.launch; // of a learnt lesson: to be read again, and nothing is recorded
let isBeginning = false;
let hasRun = false;
let hearing = null;
let heardAt = -Infinity;
let saidAt = performance.now();
let answered = () => {};

const session = new Session({
  page,
  source: dwell,
  facts: () => ({ rate: 1, positionMs: session.creditedMs }),
  on: {
    opened: (_positionMs, given) => {
      dwell.settle(next(session.coverage, session.provisionalMs), 0);
      if (given) launch = given;
    },
    answer: (waitingMs) => {
      dwell.settle(next(session.coverage, session.provisionalMs), waitingMs);
      setTimeout(answered, 0); // what the answer says is taken in by then
    },
    halt: () => {
      player.hold(true);
      return true;
    },
    resume: () => tick(),
    online: () => {
      if (session.activity === "unreachable") player.view.cover(coverOf("unreachable"));
    },
    stopped: () => lost(),
    completed: () => (launch = config.launch),
  },
});

const player = new ScormPlayer({
  texts,
  labels: config.labels,
  on: {
    begin,
    item: () => tick(),
    standing: () => {},
    saved: (pending) => {
      if (pending === 0) hear();
    },
    refused: (what, { message = "" }) => refused(what, message),
    ended,
  },
});

// --- beginning and ending ---------------------------------------------------------------------------------------------
async function begin({ takeOver = false } = {}) {
  if (isBeginning) return;
  if (session.isCompleted && launch === null) {
    location.reload(); // it was learnt on this page, which does not know yet how to look at it again
    return;
  }
  isBeginning = true;
  try {
    player.view.cover({ name: "loading", title: texts.loading });
    const mayRun = await session.ensure({ takeOver, renew: hasRun || launch === null });
    if ((mayRun || session.isChallenged) && launch) run();
    else player.view.cover(coverOf(session.activity));
  } finally {
    isBeginning = false;
  }
}

function run() {
  hasRun = true;
  if (!session.isChallenged) session.say(session.isCompleted ? "completed" : "paused");
  player.open(launch);
  if (!launch.commit && !session.isCompleted) player.view.notice(texts.onlyTime);
  launch = session.isCompleted ? launch : null; // a launch is good for one sitting
}

// The package was left by its own buttons: all is saved, the server is asked how things stand, and the lease is let go.
async function ended(reason) {
  tick();
  session.pause();
  player.view.cover({ name: "loading", title: texts.saving });
  const isSaved = await player.saved();
  if (session.isOpen) {
    for (let asked = 0; asked < 2 && session.isOpen && !session.isCompleted; asked += 1) await hearOnce(); // one may be under way
    session.leave();
  }
  const text = isSaved ? texts[`ended_${reason}`] ?? "" : texts.endedUnsaved;
  const name = session.isCompleted ? "review" : "ended";
  player.stop({ ...coverOf(name), name, title: texts.ended, text });
}

async function hearOnce() {
  const heard = new Promise((resolve) => (answered = resolve));
  session.report({ force: true });
  await Promise.race([heard, new Promise((resolve) => setTimeout(resolve, ANSWER_PATIENCE_MS))]);
}

// The lease is over: nothing counts any more, and what the content says would not be taken.
function lost() {
  player.leave();
  const { activity } = session;
  setTimeout(() => {
    if (session.activity === activity && !session.isOpen) player.stop(coverOf(activity));
  }, 800); // its last words may still be sent
}

function refused(what, message) {
  if (what === "elsewhere") {
    session.leave();
    session.say("taken_over");
    player.stop(coverOf("taken_over"));
  } else {
    player.stop({ ...coverOf("refused"), text: message || texts[what] });
  }
}

// What the cover says when the package does not run, by what the page does.
function coverOf(activity) {
  const detail = document.getElementById("meter-detail").textContent;
  if (TAKES_OVER.has(activity)) {
    return { name: activity, title: texts[activity], text: detail || texts.elsewhere, label: texts.takeHere, takes: "over" };
  }
  const isBegun = hasRun || config.isBegun;
  const label = session.isCompleted ? texts.review : isBegun ? texts.goOn : texts.begin;
  if (activity === "refused" && detail) return { name: "refused", title: texts.mayNot, text: detail, label: texts.again };
  return { name: activity, title: texts[activity] ?? texts.ended, text: detail, label };
}

// --- the time that counts ---------------------------------------------------------------------------------------------
function tick() {
  const facts = { itemState: player.itemState, isHidden: document.hidden, isChallenged: session.isChallenged };
  const isRunning = counts({ ...facts, isOpen: session.isOpen && !session.isCompleted });
  dwell.tick(performance.now(), isRunning);
  if (session.creditedMs < config.requiredMs) session.showPending();
  else session.meter.pending(session.pendingMs); // enough: nothing is to be hurried
  if (isRunning) saidAt = performance.now();
  else if (session.isOpen && player.isOpen && performance.now() - saidAt > STAYS_OPEN_MS) {
    saidAt = performance.now();
    session.report({ force: true });
  }
  if (!session.isOpen || session.isCompleted || session.isChallenged || !STAYS.has(session.activity)) return;
  player.hold(false);
  const isEnough = session.creditedMs >= config.requiredMs && session.provisionalMs === 0;
  const activity = isRunning ? (isEnough ? "time_enough" : "playing") : document.hidden ? "hidden" : "paused";
  if (activity === session.activity) return;
  if (isRunning) session.begin();
  else session.pause(activity);
  if (activity === "time_enough") session.say(activity);
}

// What the package has reported may have completed the lesson: the answer to a report says so.
function hear() {
  const isEnough = session.creditedMs + session.pendingMs >= config.requiredMs;
  if (!session.isOpen || session.isCompleted || !isEnough) return;
  const soon = Math.max(200, heardAt + HEAR_EVERY_MS - performance.now());
  hearing ??= setTimeout(() => {
    hearing = null;
    heardAt = performance.now();
    session.report({ force: true });
  }, soon);
}

document.addEventListener("visibilitychange", () => {
  tick();
  if (document.hidden) player.commitNow();
});
// The stage hears by itself that the page goes; told from here, too, it would begin to clear up in a process that is ending.
addEventListener("pageshow", (event) => {
  if (event.persisted) player.stop(coverOf("left")); // it comes out of the browser's memory: its lease is over
});
document.getElementById("take-over").addEventListener("click", () => begin({ takeOver: true }));
document.getElementById("to-content").hidden = false;

player.view.standing(config.standing);
player.view.records(false);
player.view.cover({ ...coverOf(session.isCompleted ? "review" : "idle"), title: config.title, text: config.hint });
setInterval(tick, TICK_MS);
