/**
 * Uppy's uploader for parts with digests.
 *
 * Uppy keeps the files and their states. Its own S3 uploader sends the parts of a file one after another, completes the
 * upload in the browser and cannot promise a part's SHA-256; this one sends them side by side to addresses that our site
 * signs for exactly those bytes, in a bucket or in a folder alike, and lets the site complete.
 */

import { BasePlugin } from "../vendor/uppy.mjs";
import { Lanes } from "./upload_lanes.js";
import { Sending } from "./upload_sending.js";

const READ_AT_ONCE = 2; // parts in memory, of all the files together

export class VerifiedParts extends BasePlugin {
  constructor(uppy, options) {
    super(uppy, options);
    this.type = "uploader";
    this.id = "VerifiedParts";
    this.lanes = new Lanes(options.parallel);
    this.reading = new Lanes(READ_AT_ONCE);
    this.sendings = new Map();
    this.upload = (ids) => Promise.allSettled(this.uppy.getFilesByIds(ids).map((file) => this.#send(file)));
    this.onPause = (file, isPaused) => this.sendings.get(file.id)?.[isPaused ? "pause" : "resume"]();
    this.onRemoved = (file) => this.#cancel(file);
  }

  install() {
    this.uppy.setState({ capabilities: { ...this.uppy.getState().capabilities, resumableUploads: true } });
    this.uppy.addUploader(this.upload);
    this.uppy.on("upload-pause", this.onPause);
    this.uppy.on("file-removed", this.onRemoved);
  }

  uninstall() {
    this.uppy.removeUploader(this.upload);
    this.uppy.off("upload-pause", this.onPause);
    this.uppy.off("file-removed", this.onRemoved);
    for (const sending of this.sendings.values()) sending.stop(); // what has arrived stays, to go on with later
  }

  async #send(file) {
    const { desk, replaces, onTell } = this.opts;
    const tell = (news) => {
      if ("bytes" in news) {
        const { uploadStarted } = this.uppy.getFile(file.id)?.progress ?? {};
        const progress = { uploadStarted: uploadStarted ?? Date.now(), bytesUploaded: news.bytes, bytesTotal: file.size };
        this.uppy.emit("upload-progress", file, progress);
      }
      onTell(file.id, news);
    };
    const facts = replaces ? { replaces } : {};
    const { lanes, reading } = this;
    const sending = new Sending({ desk, lanes, reading, file: file.data, facts, tell });
    this.sendings.set(file.id, sending);
    this.uppy.emit("upload-start", [file]);
    try {
      const video = await sending.run();
      this.uppy.emit("upload-success", this.uppy.getFile(file.id), { status: 200, body: { video } });
    } catch (error) {
      if (!this.uppy.getFile(file.id)) return; // cancelled
      this.uppy.emit("upload-error", this.uppy.getFile(file.id), error);
      throw error;
    } finally {
      if (this.sendings.get(file.id) === sending) this.sendings.delete(file.id);
    }
  }

  #cancel(file) {
    const sending = this.sendings.get(file.id);
    if (!sending) return;
    sending.stop();
    this.sendings.delete(file.id);
    if (sending.session) this.opts.desk.abort(sending.session.id).catch(() => {}); // otherwise it is swept
  }
}
