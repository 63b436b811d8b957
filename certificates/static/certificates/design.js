/** Shows the certificate while its design is being chosen. */

import { latestOnly, saidOf } from "./design_rules.js";

const form = document.querySelector("form[data-design-preview]");
const picture = form?.querySelector("[data-design-picture]");
const problems = form?.querySelector("[data-design-problems]");
const fallback = form?.dataset.designAway ?? "";

async function ask(signal) {
  picture.classList.add("design-desk__picture--waiting");
  const answer = await fetch(form.dataset.designPreview, { method: "POST", body: new FormData(form), signal });
  if (answer.ok) return { picture: await answer.blob() };
  return { problems: saidOf(answer.status, await answer.json().catch(() => null), fallback) };
}

function show(answer) {
  picture.classList.remove("design-desk__picture--waiting");
  problems.textContent = answer.problems ?? "";
  if (!answer.picture) return;
  const before = picture.src;
  picture.src = URL.createObjectURL(answer.picture);
  if (before.startsWith("blob:")) URL.revokeObjectURL(before);
}

if (form && picture && problems) {
  const preview = latestOnly({ ask, show, fail: () => show({ problems: fallback }), delay: 350 });
  form.addEventListener("input", () => preview.soon());
  form.addEventListener("change", () => preview.soon());
  form.querySelector("[data-design-show]")?.addEventListener("click", (event) => {
    event.preventDefault();
    preview.now();
  });
}
