// A video lesson: plays, and lets what is watched be counted.
import { Controls } from "./controls.js";
import { covers, firstGap, furthest } from "./intervals.js";
import { readPage } from "./page.js";
import { Played } from "./played.js";
import { allowedPosition, allowedRate, resumePosition } from "./seek_guard.js";
import { Session } from "./session.js";
import { attachStream } from "./stream.js";
import { clock, fill } from "./words.js";

const NOTICE_MS = 4_000;
const LATE_MS = 300;
const END_SLACK_MS = 500; // a container may be a little shorter than its checked packets

const page = readPage();
const { config, texts } = page;
const video = document.getElementById("video");
const played = new Played();
let watchedTo = Math.max(furthest(config.coverage), config.positionMs);
let rate = 1;
let hasPlayed = false;
let resumeAt = config.positionMs;
let stoodAt = 0; // where playing last stood: the first frames pass before the browser says that it plays
let noticeTimer;

const here = () => video.currentTime * 1000;

const session = new Session({
  page,
  source: played,
  facts: () => {
    if (played.isRunning && !video.seeking) played.reach(here()); // timeupdate comes only four times a second
    return { rate, positionMs: Math.min(here(), config.durationMs) };
  },
  on: {
    opened: (positionMs) => {
      resumeAt = positionMs;
      watchedTo = Math.max(watchedTo, furthest(session.coverage), positionMs);
      controls.coverage(session.coverage);
      if (!hasPlayed) resume(positionMs);
    },
    answer: () => {
      controls.coverage(session.coverage);
      watchGap();
    },
    halt: () => {
      const ran = !video.paused;
      video.pause();
      return ran;
    },
    resume: () => (video.ended ? watchGap() : play()),
    online: () => {
      if (session.activity === "unreachable") session.say("ready");
    },
    stopped: () => video.pause(),
    completed: () => {},
  },
});

const controls = new Controls({
  video,
  texts,
  durationMs: config.durationMs,
  ask: {
    play,
    pause: () => video.pause(),
    seek,
    rate: (wanted) => (video.playbackRate = wanted),
  },
});

function resume(positionMs) {
  const position = resumePosition(positionMs, furthest(session.coverage));
  const isNearEnd = position > config.durationMs - 2_000;
  if (position > 0 && !isNearEnd && Math.abs(here() - position) > 10) video.currentTime = position / 1000;
}

async function play({ takeOver = false } = {}) {
  const mayPlay = await session.ensure({ takeOver });
  if (!mayPlay) {
    video.pause();
    return;
  }
  try {
    await video.play();
  } catch (error) {
    if (error.name === "NotAllowedError") session.say("ready");
    else if (error.name !== "AbortError") session.say("failed");
  }
}

function notice(text) {
  clearTimeout(noticeTimer);
  controls.notice(text);
  noticeTimer = setTimeout(() => controls.notice(""), NOTICE_MS);
}

function limits() {
  return {
    furthestMs: watchedTo,
    isFree: config.seekFirstView || session.isCompleted,
    durationMs: config.durationMs,
  };
}

function seek(targetMs) {
  const position = allowedPosition(targetMs, limits());
  if (position < Math.min(targetMs, config.durationMs)) notice(texts.seekRefused);
  video.currentTime = position / 1000;
  controls.position(position);
}

function watchGap() {
  const gap = firstGap(session.coverage, config.durationMs);
  const isOffered = video.ended && gap !== null && !session.isCompleted && session.provisionalMs === 0;
  document.getElementById("to-gap").hidden = !isOffered;
}

// --- what the video tells -----------------------------------------------------------------------------------------
video.addEventListener("play", () => {
  if (!session.isCompleted && !session.isOpen) {
    video.pause(); // started by a media key: the lease comes first
    play();
  }
});
video.addEventListener("playing", () => {
  const late = here() - stoodAt;
  played.begin(late > 0 && late < LATE_MS ? stoodAt : here());
  hasPlayed = true;
  session.begin();
  watchGap();
});
video.addEventListener("timeupdate", () => {
  controls.position(here());
  if (video.seeking || !played.isRunning) return;
  played.reach(here());
  watchedTo = Math.max(watchedTo, here());
  session.showPending();
  if (session.isOpen && !session.isCompleted && !video.paused)
    session.say(covers(session.coverage, here()) ? "rewatching" : "playing");
});
video.addEventListener("seeking", () => {
  played.stop();
  const position = allowedPosition(here(), limits());
  if (here() - position > 1_000) {
    notice(texts.seekRefused);
    video.currentTime = position / 1000;
  }
});
video.addEventListener("seeked", () => {
  session.report();
  stoodAt = here();
  if (!video.paused) played.begin(here());
});
video.addEventListener("waiting", () => {
  played.stop();
  if (session.isOpen && !session.isCompleted) session.say("buffering");
});
video.addEventListener("pause", () => {
  played.reach(here());
  played.stop();
  stoodAt = here();
  session.pause(document.hidden ? "hidden" : "paused");
});
video.addEventListener("ended", () => {
  const end = config.durationMs - here() < END_SLACK_MS ? config.durationMs : here();
  played.begin(Math.min(end, here()));
  played.reach(end);
  played.stop();
  session.pause("paused");
  if (!session.isCompleted) {
    const known = session.creditedMs + session.provisionalMs + session.pendingMs;
    const missing = clock(Math.max(0, config.requiredMs - known));
    if (missing !== "00:00") notice(fill(texts.gap, { time: missing }));
    watchGap();
  }
});
video.addEventListener("ratechange", () => {
  session.report({ rate }); // what was played so far was played at the old rate
  const allowed = allowedRate(video.playbackRate, config.maxRate);
  if (allowed !== video.playbackRate) {
    notice(fill(texts.rateRefused, { rate: config.maxRate }));
    video.playbackRate = allowed;
  }
  rate = allowed;
  controls.rate(allowed);
});
video.addEventListener("error", () => {
  if (video.error) session.say("failed");
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden && !video.paused && !session.isCompleted) video.pause();
});
document.getElementById("take-over").addEventListener("click", () => play({ takeOver: true }));
document.getElementById("to-gap").addEventListener("click", () => {
  seek(firstGap(session.coverage, config.durationMs) ?? 0);
  play();
});

// --- begin --------------------------------------------------------------------------------------------------------
controls.coverage(session.coverage);
video.addEventListener(
  "loadedmetadata",
  () => {
    resume(resumeAt);
  },
  { once: true },
);
await attachStream(video, config);
