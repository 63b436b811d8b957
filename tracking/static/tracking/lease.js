// What is said to the server: the right to earn credit, reports, and challenges.

const REMEMBERED = "xueshi-lease";
const PATIENCE_MS = 15_000; // a network that swallows everything is no network

async function readJson(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}

// "3" seconds, or a date.
export function retryAfterMs(header, nowMs = Date.now()) {
  if (!header) return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return milliseconds > 0 ? Math.min(milliseconds, 300_000) : undefined;
}

// Post what a signed token allows: no cookie goes with it. Rejects without a network.
async function post(url, body, options) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "omit",
    ...options,
  });
  return {
    status: response.status,
    answer: await readJson(response),
    retryAfterMs: retryAfterMs(response.headers.get("Retry-After")),
  };
}

export function postReport(url, body) {
  return post(url, body, { signal: AbortSignal.timeout(PATIENCE_MS) });
}

// For the moment when the page goes away: it is finished without the page.
export function postFarewell(url, body) {
  return post(url, body, { keepalive: true });
}

export class Lease {
  #url;
  #csrf;

  constructor({ url, csrf }) {
    this.#url = url;
    this.#csrf = csrf;
  }

  // The lease that this tab had before it was reloaded.
  static get remembered() {
    return sessionStorage.getItem(REMEMBERED);
  }

  // {status: 200, lease, token, progress, film (or what else is shown: a deck, a package's launch)} | {status: 409, message} held elsewhere | {status: 422, message} refused |
  // {status: 429, message} too often | 429 without a message, 5xx busy.
  // Rejects without a network.
  async open({ takeOver = false, replaces = null } = {}) {
    const response = await fetch(this.#url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.#csrf },
      body: JSON.stringify({ take_over: takeOver, replaces }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const { lease = null, token = null, message = "", progress, film = null, scorm = null } = await readJson(response);
    if (response.ok && lease) sessionStorage.setItem(REMEMBERED, lease);
    return { status: response.status, lease, token, message, progress, film: scorm ?? film };
  }
}
