/** Keeps the state of videos on the page up to date, until all are ready or failed. */

import { addressFor, lineFor, nextWait } from "./status_rules.js";

function waiting() {
  return [...document.querySelectorAll('[data-video][data-finished="false"]')];
}

function show(element, status) {
  const line = lineFor(status);
  const label = element.querySelector("[data-label]");
  if (label.textContent !== line.label) label.textContent = line.label; // spoken only when it changes
  const progress = element.querySelector("[data-progress]");
  const percent = element.querySelector("[data-percent]");
  const reason = element.querySelector("[data-reason]");
  progress.value = line.percent;
  percent.textContent = `${line.percent}%`;
  progress.hidden = percent.hidden = !line.showsProgress;
  reason.textContent = line.reason;
  reason.hidden = line.reason === "";
  element.dataset.finished = String(status.finished);
}

async function ask(elements) {
  const address = addressFor(elements[0].dataset.statusesUrl, elements.map((element) => element.dataset.video));
  const response = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!response.ok) throw new Error(String(response.status));
  const { videos } = await response.json();
  const byUuid = new Map(videos.map((status) => [status.uuid, status]));
  let finished = false;
  for (const element of elements) {
    const status = byUuid.get(element.dataset.video);
    if (!status) continue;
    show(element, status);
    finished ||= status.finished;
  }
  // the page of one video has more to show then: its player, or the button that tries again
  if (finished && document.querySelector(".video-library")) location.reload();
}

async function watch() {
  let failures = 0;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, nextWait(failures)));
    const elements = document.hidden ? [] : waiting();
    if (elements.length === 0) continue;
    try {
      await ask(elements);
      failures = 0;
    } catch {
      failures += 1;
    }
  }
}

watch();
