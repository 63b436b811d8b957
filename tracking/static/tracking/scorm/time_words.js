// Time spans as each standard writes them.

// 1.2: "0012:34:56.78".
export function timespanOf12(milliseconds) {
  const hundredths = Math.min(Math.max(0, Math.round(milliseconds / 10)), 9999 * 360_000 + 359_999);
  const two = (number) => String(number).padStart(2, "0");
  const hours = String(Math.floor(hundredths / 360_000)).padStart(4, "0");
  return `${hours}:${two(Math.floor(hundredths / 6000) % 60)}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}`;
}

// 2004: "P1DT12H34M56.78S", without what is nought; "PT0S" where all of it is.
export function timeintervalOf2004(milliseconds) {
  const hundredths = Math.max(0, Math.round(milliseconds / 10));
  const days = Math.floor(hundredths / 8_640_000);
  const parts = [
    [Math.floor(hundredths / 360_000) % 24, "H"], [Math.floor(hundredths / 6000) % 60, "M"], [Number(((hundredths % 6000) / 100).toFixed(2)), "S"],
  ];
  const time = parts.filter(([number]) => number > 0).map(([number, unit]) => `${number}${unit}`).join("");
  if (!days && !time) return "PT0S";
  return `P${days ? `${days}D` : ""}${time ? `T${time}` : ""}`;
}
