// The line to the site's page around the stage: found by a handshake, and heard only from there.

// Which of the site's origins the page above us may have: the one that the browser names, else all that we serve.
export function originsAbove(ours, ancestors) {
  const above = ancestors?.[0];
  if (above === undefined) return ours;
  return ours.includes(above) ? [above] : [];
}

export class StageLink {
  #port = null;
  #hear;

  constructor(hear) {
    this.#hear = hear;
  }

  // Say that the stage stands; the page answers with {type: "begin", data} and a port, once.
  open({ parent, origins, listen }) {
    const stop = listen("message", (event) => {
      if (event.source !== parent || !origins.includes(event.origin)) return;
      if (event.data?.type !== "begin" || !event.ports?.[0]) return;
      stop();
      this.#port = event.ports[0];
      this.#port.onmessage = ({ data }) => this.#hear(data ?? {});
      this.#hear(event.data);
    });
    for (const origin of origins) parent.postMessage({ type: "stage-ready" }, origin);
  }

  send(message) {
    this.#port?.postMessage(message);
  }
}
