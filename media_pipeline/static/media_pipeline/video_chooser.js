/** The page editor's video fields: a file dropped on one is uploaded in its place, and its state is kept up to date. */

import { chooserState, dragsFiles, droppedFile, stateLine } from "./chooser_rules.js";
import { mountUploader } from "./uploader.js";

let opened = null; // the field whose dialogue is open

function fieldOf(event) {
  return event.target.closest?.("[data-video-chooser]") ?? null;
}

function showState(field) {
  const element = field.querySelector("[data-video]");
  const line = stateLine(field.widget?.state);
  element.dataset.video = line.uuid;
  element.dataset.finished = String(line.finished || line.uuid === "");
  element.querySelector("[data-label]").textContent = line.label;
  element.querySelector("[data-reason]").hidden = true;
  for (const part of ["[data-progress]", "[data-percent]"]) element.querySelector(part).hidden = line.finished;
}

function say(field, text) {
  const place = placeOf(field);
  place.textContent = text;
  place.setAttribute("role", "alert");
}

function placeOf(field) {
  let place = field.parentElement.querySelector(":scope > [data-chooser-upload]");
  if (!place) {
    place = document.createElement("div");
    place.dataset.chooserUpload = "";
    place.className = "video-chooser__upload";
    field.after(place);
  }
  return place;
}

async function upload(field, file) {
  const place = placeOf(field);
  const response = await fetch(field.dataset.uploaderUrl, { credentials: "same-origin" });
  if (!response.ok || response.redirected) throw new Error(String(response.status));
  place.innerHTML = await response.text();
  const uploader = mountUploader(place.querySelector("[data-uploader]"), {
    onReady(video) {
      field.widget.setStateFromModalData(chooserState(video));
      uploader.destroy();
      place.remove();
      field.widget.focus();
    },
  });
  if (!uploader) throw new Error("no uploader");
  uploader.addFiles([file]);
}

function mountInDialogue(place) {
  const element = place.querySelector("[data-uploader]");
  const field = opened;
  const uploader = mountUploader(element, {
    onReady(video) {
      uploader.destroy();
      field?.widget.setStateFromModalData(chooserState(video));
      place.closest(".modal").querySelector("[data-dismiss='modal']")?.click();
    },
  });
  if (uploader) place.closest("[role='tabpanel']").querySelector("[data-plain-upload]").hidden = true;
}

document.addEventListener("dragover", (event) => {
  if (event.defaultPrevented || !dragsFiles(event.dataTransfer)) return;
  const field = fieldOf(event);
  event.preventDefault(); // a file let fall beside the field must not take the page's place
  if (field) field.classList.add("video-chooser--over");
  else event.dataTransfer.dropEffect = "none";
});
document.addEventListener("dragleave", (event) => fieldOf(event)?.classList.remove("video-chooser--over"));
document.addEventListener("drop", (event) => {
  if (event.defaultPrevented || !dragsFiles(event.dataTransfer)) return;
  event.preventDefault();
  const field = fieldOf(event);
  if (!field) return;
  field.classList.remove("video-chooser--over");
  const file = droppedFile(event.dataTransfer);
  if (!file) return;
  upload(field, file).catch(() => say(field, field.dataset.failedText));
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-chooser-action-choose]")) opened = fieldOf(event) ?? opened;
});
document.addEventListener("change", (event) => {
  const field = event.target.id ? document.getElementById(`${event.target.id}-chooser`) : null;
  if (field?.matches("[data-video-chooser]")) showState(field);
});
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) {
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      const place = node.matches("[data-modal-uploader]") ? node : node.querySelector("[data-modal-uploader]");
      if (place && !place.dataset.mounted) {
        place.dataset.mounted = "true";
        mountInDialogue(place);
      }
    }
  }
}).observe(document.body, { childList: true, subtree: true });
