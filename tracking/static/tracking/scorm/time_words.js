// Time spans as each standard writes them.

// 1.2: "0012:34:56.78".
export function timespanOf12(milliseconds) {
  const hundredths = Math.min(Math.max(0, Math.round(milliseconds / 10)), 9999 * 360_000 + 359_999);
  const two = (number) => String(number).padStart(2, "0");
  const hours = String(Math.floor(hundredths / 360_000)).padStart(4, "0");
  return `${hours}:${two(Math.floor(hundredths / 6000) % 60)}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}`;
}

// 2004: "PT12H34M56.78S".
export function timeintervalOf2004(milliseconds) {
  const hundredths = Math.max(0, Math.round(milliseconds / 10));
  const seconds = Number(((hundredths % 6000) / 100).toFixed(2));
  return `PT${Math.floor(hundredths / 360_000)}H${Math.floor(hundredths / 6000) % 60}M${seconds}S`;
}
