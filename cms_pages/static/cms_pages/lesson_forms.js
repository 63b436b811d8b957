// Hides the fields that a lesson's kind does not have. Nothing is emptied: they come back as they were.
import { FOLLOWING, fieldOf, isShown } from "./lesson_kinds.js";

/** The part of the page that holds a field and its label. */
function panelOf(form, field) {
  return document.querySelector(`[name="${form}-${field}"]`)?.closest(".w-panel__wrapper");
}

function follow(select) {
  const named = fieldOf(select.name);
  if (!named || named.field !== "kind") return;
  for (const field of FOLLOWING) {
    const panel = panelOf(named.form, field);
    const hasError = panel?.querySelector(".error-message, .w-field__errors > *:not(svg)");
    if (panel) panel.hidden = !isShown(field, select.value) && !hasError;
  }
}

function followAll() {
  for (const select of document.querySelectorAll('select[name^="lessons-"][name$="-kind"]')) follow(select);
}

document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLSelectElement) follow(event.target);
});
const forms = document.getElementById("id_lessons-FORMS");
if (forms) {
  followAll();
  new MutationObserver(followAll).observe(forms, { childList: true });
}
