/** What an uploader must know without touching page, network or clock. */

export const LONGEST_WAIT_MS = 30000;
const SPEED_OVER_MS = 15000;

/** The numbers of all parts, from 1. */
export function partNumbers(count) {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** Where a part lies in its file: from `start` up to, and without, `end`. All are `partBytes` long but the last. */
export function rangeOf(number, partBytes, totalBytes) {
  const start = (number - 1) * partBytes;
  return { start, end: Math.min(start + partBytes, totalBytes) };
}

/** How many bytes some parts hold together. */
export function bytesOf(numbers, partBytes, totalBytes) {
  let sum = 0;
  for (const number of numbers) {
    const { start, end } = rangeOf(number, partBytes, totalBytes);
    sum += end - start;
  }
  return sum;
}

/** What tells a file from others before a byte of it was read; its content is compared part by part later. */
export function identityOf(file) {
  return `${file.name}\n${file.size}\n${file.lastModified}`;
}

/** Half a second, one, two, four … thirty; `chance` (0–1) takes away up to a quarter, so that not all ask at once. */
export function waitAfter(failuresInARow, chance) {
  const longest = Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.max(0, failuresInARow - 1));
  return Math.round(longest * (1 - chance / 4));
}

/** What to do after an answer that was no success: `again`, `sign` (ask for a new address), `resend` or `stop`. */
export function afterStatus(status) {
  if (status === 0 || status === 408 || status === 425 || status === 429) return "again";
  if (status === 507) return "stop"; // the disk is full: waiting alone does not help
  if (status >= 500) return "again";
  if (status === 400) return "resend"; // the content arrived differently from what was promised
  if (status === 403 || status === 404) return "sign"; // the address has expired
  return "stop";
}

/** Adds what was measured (`bytes` sent until `atMs`) and forgets what is older than a quarter of a minute. */
export function withSample(samples, atMs, bytes) {
  const recent = samples.filter((sample) => atMs - sample.atMs <= SPEED_OVER_MS);
  return [...recent, { atMs, bytes }];
}

/** Bytes a second over the samples, 0 while that cannot be said. */
export function speedOf(samples) {
  if (samples.length < 2) return 0;
  const first = samples[0];
  const last = samples[samples.length - 1];
  if (last.atMs - first.atMs < 500) return 0;
  return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs));
}

/** Whole seconds left, or null while that cannot be said. */
export function secondsLeft(bytesLeft, speed) {
  return speed > 0 ? Math.ceil(bytesLeft / speed) : null;
}

/** 1:05, 1:02:03. */
export function clockText(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, index) => (index ? String(part).padStart(2, "0") : String(part))).join(":");
}

/** 512 B, 3.4 MB, 1.2 GB: counted in 1024, as the rest of the site does. */
export function bytesText(bytes) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Puts values into `%(name)s`, and a percent sign for `%%`. */
export function fill(text, values) {
  return text.replace(/%%|%\((\w+)\)s/g, (whole, name) => (whole === "%%" ? "%" : (values[name] ?? whole)));
}

/** What a screen reader is told: every tenth part of the way, and never twice the same. */
export function milestone(percent) {
  return Math.floor(percent / 10) * 10;
}
