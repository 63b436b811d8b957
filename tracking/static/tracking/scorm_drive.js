// A package tried out by its author: nothing is recorded, and what it says is listed.
import { readPage } from "./page.js";
import { ScormPlayer } from "./scorm_player.js";
import { fill } from "./words.js";

const MOST_LINES = 300;
const LISTED = new Set(["item", "standing", "fault", "refused", "ended", "call"]);

const { config, texts } = readPage();
const log = document.getElementById("drive-log");
let lastSaid = "";

const player = new ScormPlayer({
  texts,
  labels: config.labels,
  on: {
    begin: () => player.open(config.launch),
    item: () => {},
    standing: () => {},
    saved: () => {},
    refused: (_what, { message = "" }) => stop(message),
    ended: (reason) => stop(texts[`ended_${reason}`] ?? ""),
    heard: (message) => list(message),
  },
});

function stop(text) {
  player.stop({ name: "ended", title: texts.ended, text, label: texts.driveAgain });
}

function list({ type, ...message }) {
  if (!LISTED.has(type)) return;
  const known = Object.entries(message).filter(([, value]) => value !== null && value !== "");
  const standing = known.map(([name, value]) => `${name} = ${value}`).join(" · ");
  const said = `${type} ${standing}`;
  if (said === lastSaid) return;
  lastSaid = said;
  const line = document.createElement("li");
  const time = document.createElement("time");
  time.textContent = new Date().toTimeString().slice(0, 8);
  line.dataset.kind = type;
  line.append(time, ` ${fill(texts[`said_${type}`], { ...message, state: texts[`state_${message.state}`], standing, call: standing })}`);
  log.append(line);
  while (log.childElementCount > MOST_LINES) log.firstElementChild.remove();
  log.parentElement.scrollTop = log.parentElement.scrollHeight;
}

player.view.standing(config.standing);
player.view.records(false);
player.view.cover({ name: "idle", title: config.title, text: config.hint, label: texts.drive });
