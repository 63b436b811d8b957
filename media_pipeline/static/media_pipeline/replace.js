/** Uploads the file that replaces a video, then goes to the new video's page. */

import { mountUploader } from "./uploader.js";

const element = document.querySelector("[data-page-uploader] [data-uploader]");
const uploader = element && mountUploader(element, { onReady: (video) => location.assign(video.url) });
if (uploader) document.querySelector("[data-plain-upload]").hidden = true;
