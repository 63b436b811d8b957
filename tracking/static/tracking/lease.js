// The right to earn credit: asked for when studying starts, and remembered for this tab over a reload.

const REMEMBERED = "xueshi-lease";

async function readJson(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}

export class Lease {
  #url;
  #csrf;

  constructor({ url, csrf }) {
    this.#url = url;
    this.#csrf = csrf;
  }

  // {status: 200, token, progress} | {status: 409, message} held elsewhere | {status: 422, message} refused. Rejects without a network.
  async open({ takeOver = false } = {}) {
    const response = await fetch(this.#url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.#csrf },
      body: JSON.stringify({ take_over: takeOver, replaces: sessionStorage.getItem(REMEMBERED) }),
    });
    const answer = await readJson(response);
    if (response.ok && answer.lease) sessionStorage.setItem(REMEMBERED, answer.lease);
    return { status: response.status, token: answer.token ?? null, message: answer.message ?? "", progress: answer.progress };
  }
}

// Post a report; keepalive lets it finish when the page goes away.
export async function postReport(url, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    keepalive: true,
    credentials: "omit",
  });
  const retryAfter = Number(response.headers.get("Retry-After"));
  return {
    status: response.status,
    answer: await readJson(response),
    retryAfterMs: retryAfter > 0 ? retryAfter * 1000 : undefined,
  };
}
