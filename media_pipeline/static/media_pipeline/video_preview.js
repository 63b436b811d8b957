/** Plays the preview as learners get it: HLS where the browser can, otherwise the single file that is there already. */

import Hls from "../vendor/hls.mjs";

const video = document.querySelector("video[data-hls]");
if (video && Hls.isSupported()) {
  const hls = new Hls({ enableWorker: false, startLevel: -1 });
  hls.on(Hls.Events.ERROR, (_, error) => {
    if (error.fatal) {
      const single = video.dataset.single;
      hls.destroy();
      video.src = single;
    }
  });
  video.dataset.single = video.getAttribute("src");
  hls.loadSource(video.dataset.hls);
  hls.attachMedia(video);
}
