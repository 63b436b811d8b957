/** The library's page of uploads: the uploader comes first, and the plain form folds away behind it. */

import { mountUploader } from "./uploader.js";

for (const element of document.querySelectorAll("[data-uploader]")) {
  const form = document.querySelector("details[data-plain-form]");
  if (mountUploader(element) && form && !form.querySelector("[aria-invalid=true], .w-field--error")) form.open = false;
}
