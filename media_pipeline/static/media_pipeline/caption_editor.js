/** Plays a cue from its row, shows which one is spoken, and lets the rows' times follow what is typed. */

import { cueAt, secondsOf } from "./cue_times.js";

const video = document.querySelector("video[data-hls]");
const rows = [...document.querySelectorAll("[data-cue]")];
const now = document.querySelector("[data-now-showing]");
let stopAt = null;

function timesOf(row) {
  return {
    start: secondsOf(row.querySelector("[data-start]").value),
    end: secondsOf(row.querySelector("[data-end]").value),
  };
}

async function play(row) {
  const { start, end } = timesOf(row);
  if (start === null) return;
  stopAt = end !== null && end > start ? end : null;
  video.currentTime = start;
  await video.play().catch(() => {});
}

function follow() {
  if (stopAt !== null && video.currentTime >= stopAt) {
    stopAt = null;
    video.pause();
  }
  const index = cueAt(rows.map(timesOf), video.currentTime);
  rows.forEach((row, number) => row.classList.toggle("caption-row--spoken", number === index));
  now.textContent = index < 0 ? "" : rows[index].querySelector("textarea").value;
}

if (video) {
  for (const row of rows) {
    const button = row.querySelector("[data-play]");
    button.hidden = false;
    button.addEventListener("click", () => play(row));
    row.querySelector(".caption-row__number").addEventListener("click", () => play(row));
  }
  video.addEventListener("timeupdate", follow);
  video.addEventListener("pause", () => (stopAt = null));
  for (const track of video.textTracks) track.mode = "disabled"; // what is typed is shown, not what is stored
}
