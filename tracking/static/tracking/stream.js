// Give the video its stream: HLS by the browser where it can, by hls.js where not, the MP4 file otherwise.

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
  const hls = new Hls({ workerPath: hlsWorker, startPosition: 0, maxBufferLength: 30 });
  let recovered = false;
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (!data.fatal) return;
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
