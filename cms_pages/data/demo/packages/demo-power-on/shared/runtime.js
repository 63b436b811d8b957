// Finds the run-time above this page, and keeps what a lesson has to say to it.
"use strict";

const course = (() => {
  const began = Date.now();
  let isOpen = false;

  function find(start) {
    for (let place = start, steps = 0; place && steps < 12; steps += 1) {
      if (place.API_1484_11) return place.API_1484_11;
      if (place.parent === place) return null;
      place = place.parent;
    }
    return null;
  }

  const api = find(window);

  function get(name) {
    return isOpen ? api.GetValue(name) : "";
  }

  function set(name, value) {
    if (isOpen) api.SetValue(name, String(value));
  }

  function save() {
    if (isOpen) api.Commit("");
  }

  function start() {
    isOpen = api !== null && api.Initialize("") === "true";
    if (get("cmi.completion_status") === "unknown" || get("cmi.completion_status") === "not attempted") {
      set("cmi.completion_status", "incomplete");
    }
    addEventListener("pagehide", finish);
  }

  function finish() {
    if (!isOpen) return;
    const seconds = Math.max(1, Math.round((Date.now() - began) / 1000));
    set("cmi.session_time", `PT${seconds}S`);
    set("cmi.exit", get("cmi.completion_status") === "completed" ? "normal" : "suspend");
    isOpen = api.Terminate("") !== "true";
  }

  return { start, get, set, save, finish };
})();
