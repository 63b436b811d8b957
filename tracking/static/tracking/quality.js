// Which quality to play at, and what to call it.

const MODEST_BPS = 500_000; // what a phone in the country gets
const LEAST_BPS = 100_000;

// What is believed of the network before anything was measured: what this browser measured last, or what it says itself.
// A reader who saves data, or a network that only just came up, starts low.
export function startEstimate({ measured = 0, downlinkMbps = 0, savesData = false } = {}) {
  if (savesData) return LEAST_BPS;
  const said = measured > 0 ? measured * 0.7 : downlinkMbps > 0 ? Math.min(downlinkMbps * 1e6 * 0.5, 4e6) : MODEST_BPS;
  return Math.max(LEAST_BPS, Math.round(said));
}

// "720p": the shorter side, so that an upright film is called what it is.
export function nameOf({ width, height }) {
  return `${Math.min(width, height)}p`;
}

// The rungs to choose from, the best first; two of one name are one.
export function rungsOf(levels) {
  const names = levels.map((level, index) => ({ name: nameOf(level), side: Math.min(level.width, level.height), index }));
  const byName = new Map(names.map((rung) => [rung.name, rung]));
  return [...byName.values()].sort((one, other) => other.side - one.side);
}

// Which rung a wish means: the one of its name, or the nearest that is no larger; -1 leaves it to the network.
export function levelFor(wish, rungs) {
  const side = Number.parseInt(wish, 10);
  if (!(side > 0) || rungs.length === 0) return -1;
  const fitting = rungs.find((rung) => rung.side <= side);
  return (fitting ?? rungs.at(-1)).index;
}
