/** What the uploader says to the site, and how a part goes to wherever the site says. */

/** An answer that was no success; `status` is 0 where there was no answer at all. */
export class RefusedError extends Error {
  constructor(status, body = {}) {
    super(body.message || "");
    this.status = status;
    this.code = body.error || "";
    this.missing = body.missing || [];
  }
}

/** Asks the site's own endpoints, as the person who is signed in. */
export class UploadDesk {
  constructor(urls, csrf) {
    this.urls = urls;
    this.csrf = csrf;
  }

  unfinished() {
    return this.#ask("GET", this.urls.list);
  }

  begin(facts, signal) {
    return this.#ask("POST", this.urls.begin, facts, signal);
  }

  sign(id, parts, signal) {
    return this.#ask("POST", this.#of(this.urls.sign, id), { parts }, signal);
  }

  complete(id, signal) {
    return this.#ask("POST", this.#of(this.urls.complete, id), {}, signal);
  }

  abort(id) {
    return this.#ask("POST", this.#of(this.urls.abort, id), {});
  }

  #of(pattern, id) {
    return pattern.replace("00000000-0000-0000-0000-000000000000", id);
  }

  async #ask(method, url, body, signal) {
    const headers = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };
    if (method !== "GET") {
      headers["Content-Type"] = "application/json";
      headers["X-CSRFToken"] = cookieToken() || this.csrf; // the cookie is newer where one signed in again
    }
    let answer;
    try {
      answer = await fetch(url, {
        method,
        headers,
        signal,
        credentials: "same-origin",
        redirect: "error",
        body: body && JSON.stringify(body),
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new RefusedError(0);
    }
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new RefusedError(answer.status, said);
    return said;
  }
}

/** Puts one part where its signed address says; `onBytes` hears how many bytes have gone out. */
export function putPart({ url, headers }, blob, { signal, onBytes }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not say how far it is
    const stop = () => request.abort();
    const end = (settle, value) => {
      signal.removeEventListener("abort", stop);
      settle(value);
    };
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.timeout = 10 * 60 * 1000;
    request.upload.onprogress = (event) => onBytes(event.loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) end(resolve);
      else end(reject, new RefusedError(request.status, parsed(request.responseText)));
    };
    request.onerror = request.ontimeout = () => end(reject, new RefusedError(0));
    request.onabort = () => end(reject, new DOMException("stopped", "AbortError"));
    if (signal.aborted) {
      reject(new DOMException("stopped", "AbortError"));
      return;
    }
    signal.addEventListener("abort", stop);
    request.send(blob);
  });
}

function cookieToken() {
  const name = location.protocol === "https:" ? "__Host-csrftoken" : "csrftoken";
  const cookie = new RegExp(`(?:^|; )${name}=([^;]+)`).exec(document.cookie);
  return cookie ? decodeURIComponent(cookie[1]) : "";
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
