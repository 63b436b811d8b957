// The page for offline checks: takes a code, shows the verdict, keeps keys and lists fresh while there is a network.
import { check, NOTHING_KNOWN } from "./check.js";
import { closeCamera, openCamera, readPicture, watchCamera } from "./reading.js";
import { load, save } from "./store.js";
import { update } from "./update.js";

const OLD_AFTER_MS = 7 * 86_400_000;
const one = (name) => document.querySelector(`[data-part="${name}"]`);
let known = NOTHING_KNOWN;

start();

async function start() {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle || !("serviceWorker" in navigator)) {
    show("readiness", "unsupported");
    return;
  }
  one("form").addEventListener("submit", submitted);
  one("picture").addEventListener("change", pictureChosen);
  one("camera").addEventListener("click", cameraPressed);
  one("renew").addEventListener("click", () => renew());
  addEventListener("online", () => renew());
  addEventListener("hashchange", () => checkHash());
  known = await load().catch(() => NOTHING_KNOWN);
  tellWhatIsKnown();
  await Promise.all([keepPage(), renew()]);
  await checkHash();
}

async function keepPage() {
  try {
    await navigator.serviceWorker.register("/verify/offline/worker.js", { scope: "/verify/offline/" });
    await navigator.serviceWorker.ready;
  } catch {
    if (!navigator.serviceWorker.controller) return show("readiness", "not-kept");
  }
  show("readiness", known.fetchedAt === null ? "not-kept" : "ready");
}

async function renew() {
  one("renew").disabled = true;
  show("renewal", "running");
  try {
    known = await update(known, { fetcher: (...request) => fetch(...request), now: Date.now() });
    await save(known);
    show("renewal", known.isComplete ? "done" : "partly");
    if (navigator.serviceWorker.controller) show("readiness", "ready");
  } catch {
    show("renewal", "failed");
  }
  one("renew").disabled = false;
  tellWhatIsKnown();
}

function tellWhatIsKnown() {
  const isKnown = known.fetchedAt !== null;
  one("never").hidden = isKnown;
  one("known").hidden = !isKnown;
  if (!isKnown) return;
  one("known-at").textContent = new Date(known.fetchedAt).toLocaleString(document.documentElement.lang);
  one("known-keys").textContent = known.keys.length;
  one("known-lists").textContent = Object.keys(known.lists).length;
  one("old").hidden = Date.now() - known.fetchedAt < OLD_AFTER_MS;
}

async function submitted(event) {
  event.preventDefault();
  await judge(one("code").value);
}

async function pictureChosen() {
  const [file] = one("picture").files;
  if (!file) return;
  const text = await readPicture(file).catch(() => null);
  one("picture").value = "";
  await (text === null ? tell({ verdict: "no-picture" }) : judge(text));
}

async function cameraPressed() {
  const video = one("video");
  if (video.srcObject) return stopCamera();
  try {
    await openCamera(video);
  } catch {
    return tell({ verdict: "no-camera" });
  }
  one("viewfinder").hidden = false;
  one("camera").setAttribute("aria-pressed", "true");
  const text = await watchCamera(video);
  stopCamera();
  if (text !== null) await judge(text);
}

function stopCamera() {
  closeCamera(one("video"));
  one("viewfinder").hidden = true;
  one("camera").setAttribute("aria-pressed", "false");
}

async function checkHash() {
  if (location.hash.length > 1) await judge(location.hash);
}

async function judge(text) {
  tell(await check(text, known));
}

function tell({ verdict, facts }) {
  show("verdict", verdict);
  one("facts").hidden = !facts;
  if (facts) fill(facts);
  one("demo").hidden = !facts?.isDemo;
  one("result").hidden = false;
  one("result").focus();
}

function fill(facts) {
  const line = facts.line && `${facts.line.key.slice(0, 4)}年${facts.line.key.endsWith("-renewal") ? "换证" : ""}继续教育`;
  const values = {
    number: facts.number,
    version: facts.version,
    name: facts.name,
    "id-ending": facts.idEnding ? `…${facts.idEnding}` : "—",
    post: facts.post,
    authority: facts.authority,
    "issued-on": facts.issuedOn,
    line: line ? `${line} ${facts.line.hours} 学时` : "—",
  };
  for (const [name, value] of Object.entries(values)) one(`fact-${name}`).textContent = value;
}

// Of the texts of a group, shows the one of this name.
function show(group, name) {
  for (const text of document.querySelectorAll(`[data-group="${group}"]`)) text.hidden = text.dataset.name !== name;
}
