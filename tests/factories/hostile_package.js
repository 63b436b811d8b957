"use strict";
// A package that wants out: each try gives what it got, or the name of what refused it.
const violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(`${event.effectiveDirective} ${event.blockedURI}`));

async function outcome(work) {
  try {
    const got = await Promise.race([work(), new Promise((_, refuse) => setTimeout(() => refuse({ name: "silence" }), 4000))]);
    return got;
  } catch (error) {
    return error.name;
  }
}

function loaded(tag, attributes) {
  return new Promise((resolve) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.onload = () => resolve("loaded");
    element.onerror = () => resolve("error");
    document.body.append(element);
  });
}

// Wait until the policy has refused what was asked for just now; give the directive that did so first.
async function refusedBy(work) {
  await new Promise((go) => setTimeout(go, 200)); // earlier refusals are still being told
  const before = violations.length;
  work();
  for (let waited = 0; waited < 3000 && violations.length === before; waited += 50) await new Promise((go) => setTimeout(go, 50));
  return violations[before]?.split(" ")[0] ?? "nothing";
}

function sendForm(action, target) {
  const form = Object.assign(document.createElement("form"), { action, target, method: "post" });
  document.body.append(form);
  form.submit();
}

window.hostile = {
  violations,

  async readAbove() {
    return {
      cookies: document.cookie,
      cookiesOfStage: parent.document.cookie,
      documentOfPage: await outcome(() => top.document.title),
      addressOfPage: await outcome(() => top.location.href),
      storageOfPage: await outcome(() => top.localStorage.length),
      frameOfStage: await outcome(() => String(parent.frameElement)),
      variableOfPage: await outcome(() => top.csrfToken),
      domain: await outcome(() => { document.domain = "localhost"; return top.document.title; }),
    };
  },

  async leave(url) {
    return {
      assigned: await outcome(() => { top.location = url; return "went"; }),
      href: await outcome(() => { top.location.href = url; return "went"; }),
      replaced: await outcome(() => { top.location.replace(url); return "went"; }),
      opened: await outcome(() => String(window.open(url, "_top"))),
      link: await outcome(() => { Object.assign(document.createElement("a"), { href: url, target: "_top" }).click(); return "clicked"; }),
      closed: await outcome(() => { top.close(); return String(top.closed); }),
    };
  },

  async reachSite(site) {
    return {
      fetched: await outcome(() => fetch(`${site}/my/`, { credentials: "include" }).then((answer) => answer.status)),
      blindly: await outcome(() => fetch(`${site}/my/`, { credentials: "include", mode: "no-cors" }).then((answer) => answer.type)),
      posted: await outcome(() => fetch(`${site}/accounts/logout/`, { method: "POST", credentials: "include", mode: "no-cors" }).then(() => "sent")),
      asked: await outcome(() => new Promise((resolve, refuse) => {
        const request = new XMLHttpRequest();
        request.withCredentials = true;
        request.onload = () => resolve(request.status);
        request.onerror = () => refuse({ name: "error" });
        request.open("GET", `${site}/my/`);
        request.send();
      })),
      beacon: await refusedBy(() => navigator.sendBeacon(`${site}/accounts/logout/`)),
      socket: await refusedBy(() => { try { new WebSocket(site.replace("http", "ws")); } catch { /* counted */ } }),
      picture: await loaded("img", { src: `${site}/static/lms/logo.svg?${Math.random()}` }),
      script: await loaded("script", { src: `${site}/jsi18n/` }),
      frame: await refusedBy(() => document.body.append(Object.assign(document.createElement("iframe"), { src: `${site}/my/` }))),
      formInFrame: await refusedBy(() => {
        document.body.append(Object.assign(document.createElement("iframe"), { name: "drop" }));
        sendForm(`${site}/accounts/logout/`, "drop");
      }),
    };
  },

  postAway(site) {
    sendForm(`${site}/accounts/logout/`, "_self");
  },

  async reachPackage(others, token) {
    const ours = location.origin;
    return {
      fetched: await outcome(() => fetch(others).then((answer) => answer.status)),
      frame: await refusedBy(() => document.body.append(Object.assign(document.createElement("iframe"), { src: others }))),
      theirTokenHere: await outcome(() => fetch(`${ours}/${token}/f/B.html`).then((answer) => answer.status)),
      theirStageHere: await outcome(() => fetch(`${ours}/${token}/stage`).then((answer) => answer.status)),
      folder: await outcome(() => fetch("./").then((answer) => answer.status)),
      above: await outcome(() => fetch("../../").then((answer) => answer.status)),
      siteHere: await outcome(() => fetch("/my/", { credentials: "include" }).then((answer) => answer.status)),
      storage: await outcome(() => localStorage.getItem("secret")),
      caches: await outcome(() => caches.keys().then((names) => names.length)),
    };
  },

  async stay() {
    return {
      atRoot: await outcome(() => navigator.serviceWorker.register("hostile.js", { scope: "/" }).then(() => "registered")),
      here: await outcome(() => navigator.serviceWorker.register("hostile.js").then(() => "registered")),
      ours: await outcome(() => navigator.serviceWorker.register(parent.document.querySelector("script").src).then(() => "registered")),
      camera: document.featurePolicy.allowsFeature("camera"),
      place: await outcome(() => new Promise((resolve, refuse) => navigator.geolocation.getCurrentPosition(resolve, () => refuse({ name: "denied" })))),
    };
  },

  lie() {
    for (const message of [{ type: "stage-ready" }, { type: "ended", reason: "finished" }, { type: "standing", completion: "completed", success: "passed" }, { type: "item", state: "none" }]) {
      top.postMessage(message, "*");
      top.postMessage(message, "*", [new MessageChannel().port1]);
    }
  },

  open(url) {
    window.opened = window.open(url);
    return window.opened !== null;
  },
};
