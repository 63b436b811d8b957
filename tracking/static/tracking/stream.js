// Give the video its stream: HLS by the browser where it can, by hls.js where not, the MP4 file otherwise.

const NETWORK_PAUSE_MS = 3_000;

export async function attachStream(video, { hlsUrl, mp4Url, hlsModule, hlsWorker }) {
  if (!hlsUrl) return useFile(video, mp4Url);
  const { default: Hls } = await import(hlsModule).catch(() => ({ default: null }));
  if (Hls?.isSupported()) return useHls(Hls, video, { hlsUrl, mp4Url, hlsWorker });
  if (video.canPlayType("application/vnd.apple.mpegurl")) return useFile(video, hlsUrl);
  return useFile(video, mp4Url);
}

function useFile(video, url) {
  if (url && video.currentSrc !== new URL(url, location.href).href) video.src = url;
}

function useHls(Hls, video, { hlsUrl, mp4Url, hlsWorker }) {
  const hls = new Hls({ workerPath: hlsWorker, startPosition: 0, maxBufferLength: 90 });
  let recovered = false;
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.NETWORK_ERROR && isPassing(video, data)) {
      goOn(hls); // what is buffered plays on; giving up would lose the place
      return;
    }
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !recovered) {
      recovered = true;
      hls.recoverMediaError();
      return;
    }
    hls.destroy();
    useFile(video, mp4Url);
  });
  hls.loadSource(hlsUrl);
  hls.attachMedia(video);
}

// The network is away, not the film: some of it has come before, and nobody said that the rest is not to be had.
function isPassing(video, { response }) {
  const isRefused = response?.code >= 400 && response.code < 500;
  return video.readyState > 0 && !isRefused;
}

function goOn(hls) {
  const load = () => {
    clearTimeout(timer);
    removeEventListener("online", load);
    if (hls.media) hls.startLoad();
  };
  const timer = setTimeout(load, NETWORK_PAUSE_MS);
  addEventListener("online", load, { once: true });
}
