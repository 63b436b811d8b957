/**
 * Upload files into the media library: drag and drop, several at once, in parts that go on after a lost network or a reload.
 *
 * How to use it. In a Wagtail admin template:
 *
 *     {% load media_uploads %}
 *     {% video_uploader %}                        one element [data-uploader], hidden until a script mounts it
 *     {% video_uploader replaces=video.uuid %}    the file takes the place of that video
 *     {% video_uploader multiple=False %}         one file, as in a chooser
 *     <link rel="stylesheet" href="{% static 'media_pipeline/uploader.css' %}">
 *
 * and in a module of the page:
 *
 *     import { mountUploader } from "./uploader.js";
 *     const uploader = mountUploader(element, { onReady(video) { … } });
 *
 * `onReady` is called once for every file that has arrived whole, with
 * `{uuid, id, title, state, label, url}`: `id` is what choosers of Wagtail take, `url` the video's page, and `state` is
 * "inspecting", because the video still has to be transcoded (`video:statuses` says how far that is).
 * `uploader.addFiles(files)` takes files from elsewhere, such as something dropped on the page's editor;
 * `uploader.destroy()` lets go and leaves what has arrived, to go on with later. `mountUploader` gives null where the
 * browser cannot do it (plain http, say): keep a plain form beside it. All texts, addresses and limits are in the JSON
 * script within the element. The stylesheet needs nothing else.
 */

import { DropTarget, Uppy } from "../vendor/uppy.mjs";
import { canDigest } from "./upload_digest.js";
import { VerifiedParts } from "./upload_plugin.js";
import { UploadDesk } from "./upload_requests.js";
import { bytesText, fill } from "./upload_rules.js";
import { FileRow, UnfinishedList } from "./upload_rows.js";
import { FileChangedError } from "./upload_sending.js";

const PARALLEL = 4;

export function mountUploader(element, { onReady = () => {} } = {}) {
  if (!canDigest()) return null;
  const config = JSON.parse(element.querySelector("script[type='application/json']").textContent);
  const { texts } = config;
  const find = (name) => element.querySelector(`[data-uploader-${name}]`);
  const rows = new Map();
  const desk = new UploadDesk(config.urls, config.csrf);
  const uppy = new Uppy({
    autoProceed: true,
    allowMultipleUploadBatches: true,
    restrictions: { maxFileSize: config.max_bytes, minFileSize: 1, maxNumberOfFiles: config.multiple ? null : 1 },
    locale: { strings: { exceedsSize: texts.exceeds, inferiorSize: texts.empty, noDuplicates: texts.duplicate } },
    logger: { debug() {}, warn() {}, error() {} },
  });
  const unfinished = new UnfinishedList(find("unfinished"), { desk, texts, busy: () => names(rows) });

  uppy.use(DropTarget, { target: find("drop") });
  uppy.use(VerifiedParts, {
    desk,
    parallel: PARALLEL,
    replaces: config.replaces,
    onTell: (id, news) => rows.get(id)?.tell(news),
  });
  uppy.on("file-added", (file) => {
    const row = new FileRow(file, {
      texts,
      pause: () => row.showPaused(uppy.pauseResume(file.id)),
      cancel: () => (rows.delete(file.id), uppy.removeFile(file.id), row.remove(), find("input").focus()),
      retry: () => uppy.retryUpload(file.id).catch(() => {}),
      restart: () => startOver(file, row),
    });
    rows.set(file.id, row);
    find("files").append(row.element);
    say("");
  });
  uppy.on("upload-success", (file, { body: { video } }) => {
    rows.get(file.id)?.finish(video);
    rows.delete(file.id);
    uppy.removeFile(file.id); // the same file may be chosen again
    unfinished.refresh();
    onReady(video);
  });
  uppy.on("upload-error", (file, error) => {
    const changed = error instanceof FileChangedError;
    rows.get(file.id)?.fail(changed ? texts.changed : wordsOf(error), { changed });
  });
  uppy.on("restriction-failed", (_, error) => say(error.message));

  async function startOver(file, row) {
    const list = await desk.unfinished().catch(() => ({ uploads: [] }));
    const old = list.uploads.filter((each) => each.name === file.name && each.size === file.size);
    for (const each of old) await desk.abort(each.id).catch(() => {});
    row.tell({ phase: "preparing" });
    uppy.retryUpload(file.id).catch(() => {});
  }

  function wordsOf(error) {
    if (error.name === "NotReadableError" || error.name === "NotFoundError") return texts.unreadable;
    if (error.message && error.status) return error.message;
    if (error.status === 403) return texts.signed_out;
    return texts.failed;
  }

  function say(text) {
    find("message").textContent = text;
    find("message").hidden = text === "";
  }

  function addFiles(files) {
    for (const file of files) {
      try {
        uppy.addFile({ name: file.name, type: file.type, data: file, source: "local" });
      } catch (error) {
        if (!error.isRestriction) say(texts.failed);
      }
    }
  }

  function onChosen(event) {
    addFiles([...event.target.files]);
    event.target.value = ""; // the same file may be chosen again
  }

  function onLeave(event) {
    if ([...rows.values()].some((row) => row.isBusy)) event.preventDefault();
  }

  find("limit").textContent = fill(texts.limit, { size: bytesText(config.max_bytes) });
  find("input").addEventListener("change", onChosen);
  addEventListener("beforeunload", onLeave);
  unfinished.refresh();
  element.hidden = false;
  return {
    addFiles,
    destroy() {
      find("input").removeEventListener("change", onChosen);
      removeEventListener("beforeunload", onLeave);
      uppy.getPlugin("VerifiedParts").uninstall();
      uppy.destroy();
    },
  };
}

function names(rows) {
  return new Set([...rows.values()].map((row) => `${row.name}\n${row.size}`));
}
