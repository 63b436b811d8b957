// Three hazards in a picture; those found are kept as the lesson's own data.
"use strict";

const spots = [...document.querySelectorAll(".spot")];
const part = (id) => document.getElementById(id);
let found = [];

function show() {
  for (const [number, spot] of spots.entries()) {
    spot.classList.toggle("found", found.includes(number));
    spot.setAttribute("aria-pressed", String(found.includes(number)));
  }
  const names = found.map((number) => spots[number].dataset.name);
  part("found").textContent = names.length ? `已找出 ${names.length} 处：${names.join("、")}。` : "还没有找出一处。";
  if (found.length === spots.length) part("done").textContent = "三处都找到了，可以进入小测验。";
}

function find(number) {
  if (!found.includes(number)) found.push(number);
  course.set("cmi.suspend_data", found.join(","));
  course.set("cmi.progress_measure", (found.length / spots.length).toFixed(2));
  if (found.length === spots.length) course.set("cmi.completion_status", "completed");
  course.save();
  show();
}

course.start();
found = course.get("cmi.suspend_data").split(",").filter(Boolean).map(Number);
for (const [number, spot] of spots.entries()) {
  spot.addEventListener("click", () => find(number));
  spot.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") find(number);
  });
}
show();
