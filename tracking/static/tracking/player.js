// A video lesson: plays, and lets what is watched be counted.
import { Captions } from "./captions.js";
import { Chapters } from "./chapters.js";
import { Controls } from "./controls.js";
import { covers, firstGap, furthest } from "./intervals.js";
import { readPage } from "./page.js";
import { Played } from "./played.js";
import { parsePreviews, Previews } from "./previews.js";
import { allowedPosition, allowedRate, resumePosition } from "./seek_guard.js";
import { Session } from "./session.js";
import { SOUND_ONLY, Stream } from "./stream.js";
import { Watermark } from "./watermark.js";
import { keepWish, readWishes } from "./wishes.js";
import { clock, fill } from "./words.js";

const NOTICE_MS = 4_000;
const LATE_MS = 300;
const MEASURED_EVERY_MS = 10_000;
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
    opened: (positionMs, film) => {
      if (film) useFilm(film);
      resumeAt = positionMs;
      watchedTo = Math.max(watchedTo, furthest(session.coverage), positionMs);
      controls.coverage(session.coverage);
      if (!hasPlayed) resume();
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
    completed: () => stream.isLoaded && stream.again(config.filmAgain),
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
    quality: (wish) => chooseQuality(wish),
    captions: () => captions.toggle(),
    captionLanguage: (language) => captions.choose(language),
    captionSize: (size) => captions.resize(size),
    retry: () => retry(),
  },
});

const wishes = readWishes();
config.measuredBps = wishes.measuredBps;
const stream = new Stream({
  video,
  config,
  wish: wishes.quality,
  on: {
    rungs: (rungs, hasSound) => controls.qualities(rungs, hasSound, readWishes().quality ?? "auto"),
    level: (name, isAuto) => controls.level(name, isAuto),
    trouble: () => controls.trouble(texts.streamAway),
    refused: () => refused(),
    failed: () => {
      controls.trouble(texts.failed);
      session.say("failed");
    },
    fine: () => controls.trouble(""),
    measured: (bps) => keepMeasured(bps),
  },
});
const captions = new Captions({
  video,
  player: document.getElementById("player"),
  change: (language) => controls.captions(language),
});
const chapters = new Chapters({ list: document.getElementById("chapters"), seek: (positionMs) => seek(positionMs) });
const previews = new Previews({
  part: (id) => document.getElementById(id),
  durationMs: config.durationMs,
  chapterAt: (positionMs) => chapters.titleAt(positionMs),
});

// What the lease opens: before it there is nothing to load.
function useFilm(film) {
  stream.use(film);
  const { book } = stream;
  captions.load(film.captions, (path) => book.urlOf(path));
  if (!film.previews) return;
  const read = async () => {
    const url = book.urlOf(film.previews);
    const response = await fetch(url);
    return response.ok ? parsePreviews(await response.text(), url) : [];
  };
  previews.use(read, film.lastsMs);
}

async function chooseQuality(wish) {
  keepWish("quality", wish);
  controls.soundOnly(wish === SOUND_ONLY);
  const ran = !video.paused;
  const isHeard = wish === SOUND_ONLY || stream.isSoundOnly;
  if (ran && isHeard) {
    const stopped = new Promise((resolve) => video.addEventListener("pause", resolve, { once: true }));
    video.pause(); // another film is loaded in its place: what was played up to here is reported first
    await stopped;
  }
  stream.choose(wish);
  if (ran && isHeard) play();
}

let measuredAt = -Infinity;
function keepMeasured(bps) {
  if (performance.now() - measuredAt < MEASURED_EVERY_MS) return;
  measuredAt = performance.now();
  keepWish("measuredBps", Math.round(bps));
}

// The server refuses the film: the lease is over, which the answer to a report says, or the browser is signed out.
function refused() {
  if (!session.isOpen && !session.isCompleted) return; // the meter says it, and playing asks anew
  if (session.isOpen) session.report({ force: true });
  controls.trouble(texts.streamRefused);
}

// Load on where the network was away; begin anew, under a new lease, where it was more than that.
async function retry() {
  controls.trouble("");
  if (stream.isBroken) {
    await stream.retry();
    play({ renew: !session.isCompleted });
  } else {
    await stream.open(here());
    if (video.paused) play();
  }
}

// Where a film begins that was begun before: where it stood, but for its very end.
function beginsAt() {
  const position = resumePosition(resumeAt, furthest(session.coverage));
  return position > config.durationMs - 2_000 ? 0 : position;
}

function resume() {
  const position = beginsAt();
  if (position > 0 && Math.abs(here() - position) > 10) video.currentTime = position / 1000;
}

async function play({ takeOver = false, renew = false } = {}) {
  const mayPlay = await session.ensure({ takeOver, renew });
  if (!mayPlay) {
    video.pause();
    return;
  }
  try {
    await stream.open(beginsAt());
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
  chapters.position(here());
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
video.addEventListener("emptied", () => played.stop());

document.addEventListener("visibilitychange", () => {
  if (document.hidden && !video.paused && !session.isCompleted) video.pause();
});
document.getElementById("take-over").addEventListener("click", () => play({ takeOver: true }));
document.getElementById("to-gap").addEventListener("click", () => {
  seek(firstGap(session.coverage, config.durationMs) ?? 0);
  play();
});

// --- begin --------------------------------------------------------------------------------------------------------
new Watermark({ screen: document.getElementById("screen"), video, text: config.watermark });
controls.coverage(session.coverage);
controls.captionSize(captions.size);
controls.captions(captions.language);
controls.soundOnly(wishes.quality === SOUND_ONLY);
controls.position(resumeAt);
if (config.film) useFilm(config.film);
video.addEventListener("loadedmetadata", () => resume(), { once: true });
