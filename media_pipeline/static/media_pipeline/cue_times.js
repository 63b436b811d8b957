/** Times of captions and chapters: nothing here touches the page. The same rules as on the server. */

const STAMP = /^(?:(\d{1,3})[:：])?(\d{1,3})[:：](\d{1,2})(?:[.,，。](\d{1,3}))?$/;

/** Seconds of a typed time, or null where it is none. */
export function secondsOf(text) {
  const found = STAMP.exec(text.trim());
  if (!found) return null;
  const [hours, minutes, seconds] = [found[1] ?? 0, found[2], found[3]].map(Number);
  if (seconds > 59 || (found[1] !== undefined && minutes > 59)) return null;
  return (hours * 60 + minutes) * 60 + seconds + Number(`0.${found[4] ?? 0}`);
}

/** Whole seconds as 00:01:30. */
export function clockOf(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** A line for the time, put after the lines that are there. */
export function withTime(text, seconds) {
  const before = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `${before}${clockOf(seconds)} `;
}

/** Which of the cues ({start, end} in seconds) is spoken at a time; -1 where none is. */
export function cueAt(cues, seconds) {
  return cues.findIndex((cue) => cue.start !== null && cue.end !== null && cue.start <= seconds && seconds < cue.end);
}
