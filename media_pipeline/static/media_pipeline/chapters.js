/** Types the player's time into the chapters. */

import { withTime } from "./cue_times.js";

const video = document.querySelector("video[data-hls]");
const text = document.querySelector("[data-chapters] textarea");
const button = document.querySelector("[data-insert-time]");
if (video && text && button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    text.value = withTime(text.value, video.currentTime);
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  });
}
