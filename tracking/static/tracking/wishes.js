// What a learner likes in players: kept in this browser, and lost without harm.

const PLACE = "xueshi-player";

export function readWishes() {
  try {
    const wishes = JSON.parse(localStorage.getItem(PLACE));
    return wishes && typeof wishes === "object" ? wishes : {};
  } catch {
    return {};
  }
}

export function keepWish(name, value) {
  try {
    localStorage.setItem(PLACE, JSON.stringify({ ...readWishes(), [name]: value }));
  } catch {
    // a private window: then for this page only
  }
}
