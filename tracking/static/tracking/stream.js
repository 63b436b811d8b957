// Give the video its stream: HLS by hls.js where it can, by the browser where not, the MP4 file otherwise.
import { AddressBook } from "./addresses.js";
import { levelFor, rungsOf, startEstimate } from "./quality.js";

const NETWORK_PAUSE_MS = 3_000;
const RELOAD_PAUSE_MS = 10_000;
const MARGIN_MS = 20_000;
const HLS_TYPE = "application/vnd.apple.mpegurl";
const OPTIONS = {
  enableWorker: false, // fragmented MP4 needs next to no work, and the worker is one more file before the first picture
  startFragPrefetch: true,
  subtitleTrackController: undefined, // captions are tracks of the page, not of the stream
  timelineController: undefined,
  capLevelToPlayerSize: true,
  maxBufferLength: 90,
  backBufferLength: 120,
};

export const SOUND_ONLY = "audio";

async function readText(url) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw Object.assign(new Error(url), { status: response.status });
  return response.text();
}

export class Stream {
  #video;
  #config;
  #on; // {rungs(list), level(name), trouble("offline"), refused(), failed(), fine(), measured(bps)}
  #book = null;
  #film = null;
  #hls = null;
  #Hls = null;
  #wish = "auto";
  #rungs = [];
  #sound = null; // path of the playlist of sound alone
  #givenAt = 0;
  #reloadedAt = -Infinity;
  #recovered = false;
  #isRefused = false;
  #isFailed = false;
  #resumeLoading = null;
  #pending = null; // the film of the newest lease, loaded by the first `open`
  #filePath = "";

  constructor({ video, config, wish = "auto", on }) {
    this.#video = video;
    this.#config = config;
    this.#wish = wish;
    this.#on = on;
    video.addEventListener("error", () => this.#broken());
  }

  get isLoaded() {
    return this.#film !== null;
  }

  get isSoundOnly() {
    return this.#wish === SOUND_ONLY;
  }

  // Whether more is amiss than a network that comes back.
  get isBroken() {
    return this.#isRefused || this.#isFailed;
  }

  get book() {
    return this.#book;
  }

  // The film as the newest lease gives it. What plays goes on under it; nothing is loaded before `open`.
  use(film) {
    const isNew = this.#film !== null && film.base !== this.#film.base;
    this.#book ??= new AddressBook({ film, read: (url) => this.#readList(url) });
    this.#book.rebase(film);
    this.#isRefused = false;
    if (this.#film !== null) this.#film = film;
    if (isNew) this.#givenAt = -Infinity;
    this.#pending = film;
  }

  // The lesson is learnt: its film is to be had without a lease.
  again(base) {
    this.use({ ...this.#film, base });
    this.#resumeLoading?.(); // the lease ended a moment before anybody heard that the lesson is learnt
  }

  // Load, or take up loading again where it stood still; call before every play.
  async open(atMs) {
    if (this.#pending === null) return;
    if (this.#film === null) {
      this.#film = this.#pending;
      await this.#attach(atMs / 1000);
    } else if (this.#hls) {
      this.#resumeLoading?.();
    } else if (performance.now() - this.#givenAt > this.#film.lastsMs - MARGIN_MS) {
      await this.#setFile(this.#filePath, this.#video.currentTime);
    }
  }

  // Everything anew, at the place where it stands: somebody pressed "retry".
  async retry() {
    if (this.#film === null) return;
    this.#book.distrust();
    this.#reloadedAt = -Infinity;
    this.#isRefused = this.#isFailed = false;
    const at = this.#video.currentTime;
    if (this.#hls) this.#startHls(at);
    else await this.#setFile(this.#filePath, at);
  }

  // "auto", "720p" or SOUND_ONLY. Says whether the film was loaded anew, which stops it.
  async choose(wish) {
    const before = this.#wish;
    this.#wish = wish;
    if (!this.#hls) return false;
    if ((before === SOUND_ONLY) === (wish === SOUND_ONLY)) {
      this.#hls.nextLevel = levelFor(wish, this.#rungs);
      return false;
    }
    this.#startHls(this.#video.currentTime);
    return true;
  }

  async #attach(at) {
    const { default: Hls } = await import(this.#config.hlsModule).catch(() => ({ default: null }));
    this.#givenAt = performance.now();
    if (Hls?.isSupported()) {
      this.#Hls = Hls;
      this.#startHls(at);
      return;
    }
    this.#filePath = this.#video.canPlayType(HLS_TYPE) ? this.#film.master : this.#film.mp4;
    await this.#setFile(this.#filePath, at);
  }

  // --- the browser's own player -----------------------------------------------------------------------------------
  async #setFile(path, at) {
    if (!path) return;
    this.#givenAt = performance.now();
    this.#filePath = path;
    const { playbackRate } = this.#video;
    const ready = new Promise((resolve) => this.#video.addEventListener("loadedmetadata", resolve, { once: true }));
    this.#video.src = this.#book.urlOf(path);
    this.#video.playbackRate = playbackRate;
    if (at > 0) ready.then(() => (this.#video.currentTime = at));
  }

  // Addresses that expired under the browser's own player show as an error: then the film is loaded again where it was.
  #broken() {
    if (this.#hls || this.#film === null || !this.#video.error) return;
    if (performance.now() - this.#reloadedAt < RELOAD_PAUSE_MS) {
      this.#fail();
      return;
    }
    this.#reloadedAt = performance.now();
    const ran = !this.#video.paused;
    this.#setFile(this.#filePath, this.#video.currentTime).then(() => (ran ? this.#video.play().catch(() => {}) : null));
  }

  // --- hls.js -----------------------------------------------------------------------------------------------------
  #startHls(at) {
    this.#stopHls();
    const isSoundOnly = this.#wish === SOUND_ONLY && this.#sound !== null;
    const { playbackRate } = this.#video;
    const hls = new this.#Hls(this.#options(at));
    this.#hls = hls;
    this.#listen(hls, isSoundOnly);
    hls.loadSource(this.#book.urlOf(isSoundOnly ? this.#sound : this.#film.master));
    hls.attachMedia(this.#video);
    this.#video.playbackRate = playbackRate;
  }

  #stopHls() {
    this.#resumeLoading = null;
    this.#hls?.destroy();
    this.#hls = null;
  }

  #options(at) {
    const { connection } = navigator;
    const retry = (_config, count, _isTimeout, response, isMeant) => {
      if (response?.code !== 403) return isMeant;
      this.#book.distrust(); // it has expired, or the lease has: the playlist knows
      return count < 2 && !this.#isRefused;
    };
    const { manifest } = this.#film;
    const { default: usual } = this.#Hls.DefaultConfig.fragLoadPolicy;
    const policy = { default: { ...usual, errorRetry: { ...usual.errorRetry, shouldRetry: retry } } };
    return {
      ...OPTIONS,
      startPosition: at,
      ...(manifest ? { pLoader: loaderOf(this.#Hls, manifest) } : {}),
      fragLoadPolicy: policy,
      abrEwmaDefaultEstimate: startEstimate({
        measured: this.#config.measuredBps,
        downlinkMbps: connection?.downlink,
        savesData: connection?.saveData,
      }),
      xhrSetup: async (xhr, url) => xhr.open("GET", await this.#book.fresh(url), true),
    };
  }

  #listen(hls, isSoundOnly) {
    const { Events } = this.#Hls;
    hls.on(Events.MANIFEST_PARSED, (_event, { levels }) => {
      if (isSoundOnly) return;
      this.#rungs = rungsOf(levels);
      const level = levelFor(this.#wish, this.#rungs);
      if (level >= 0) hls.startLevel = hls.nextLevel = level;
    });
    hls.on(Events.AUDIO_TRACKS_UPDATED, (_event, { audioTracks }) => {
      if (audioTracks[0]?.url) this.#sound = this.#book.pathOf(audioTracks[0].url);
      this.#on.rungs(this.#rungs, this.#sound !== null);
      if (this.#wish === SOUND_ONLY && this.#sound !== null && !isSoundOnly) this.#startHls(this.#video.currentTime);
    });
    const learn = (_event, { details }) => {
      const urls = details.fragments.flatMap(({ url, initSegment }) => (initSegment ? [initSegment.url, url] : [url]));
      this.#book.learn(details.url, new Set(urls));
    };
    hls.on(Events.LEVEL_LOADED, learn);
    hls.on(Events.AUDIO_TRACK_LOADED, learn);
    hls.on(Events.LEVEL_SWITCHED, (_event, { level }) => {
      this.#on.level(this.#rungs.find(({ index }) => index === level)?.name ?? "", hls.autoLevelEnabled);
    });
    hls.on(Events.FRAG_BUFFERED, () => {
      this.#on.fine();
      if (hls.bandwidthEstimate > 0) this.#on.measured(hls.bandwidthEstimate);
    });
    hls.on(Events.ERROR, (_event, data) => this.#failed(hls, data));
  }

  #failed(hls, data) {
    if (hls !== this.#hls) return;
    const isRefused = data.response?.code === 403;
    if (this.#isRefused || (isRefused && (data.fatal || data.frag === undefined))) {
      this.#refuse(hls); // a playlist that is refused ends it: another rung would not be given either
      return;
    }
    if (!data.fatal) return;
    if (data.type === this.#Hls.ErrorTypes.MEDIA_ERROR && !this.#recovered) {
      this.#recovered = true;
      hls.recoverMediaError();
    } else if (data.type === this.#Hls.ErrorTypes.NETWORK_ERROR && !isMissing(data)) {
      this.#goOn(hls); // what is buffered plays on; giving up would lose the place
    } else if (this.#film.mp4) {
      const at = this.#video.currentTime;
      const ran = !this.#video.paused;
      this.#stopHls();
      this.#setFile(this.#film.mp4, at).then(() => (ran ? this.#video.play().catch(() => {}) : null));
    } else {
      this.#fail();
    }
  }

  #fail() {
    this.#isFailed = true;
    this.#on.failed();
  }

  #refuse(hls) {
    if (this.#resumeLoading !== null) return;
    hls.stopLoad();
    this.#isRefused = true;
    this.#resumeLoading = () => this.#again(hls);
    this.#on.refused();
  }

  #goOn(hls) {
    const load = () => {
      clearTimeout(timer);
      removeEventListener("online", load);
      this.#again(hls);
    };
    const timer = setTimeout(load, NETWORK_PAUSE_MS * (0.75 + Math.random() / 2));
    addEventListener("online", load, { once: true });
    this.#resumeLoading = load;
    this.#on.trouble();
  }

  #again(hls) {
    this.#resumeLoading = null;
    if (hls !== this.#hls) return;
    if (hls.levels.length === 0) hls.loadSource(this.#book.urlOf(this.#film.master));
    else hls.startLoad();
  }

  async #readList(url) {
    try {
      return await readText(url);
    } catch (error) {
      if (error.status === 403) this.#isRefused = true;
      throw error;
    }
  }
}

// The first playlist came with the lease: asking for it would cost a slow network one more turn.
function loaderOf(Hls, manifest) {
  return class extends Hls.DefaultConfig.loader {
    load(context, config, callbacks) {
      if (!context.url.endsWith("/master.m3u8")) {
        super.load(context, config, callbacks);
        return;
      }
      const { loading } = this.stats;
      loading.start = loading.first = loading.end = performance.now();
      this.stats.loaded = this.stats.total = manifest.length;
      queueMicrotask(() => {
        if (!this.stats.aborted) callbacks.onSuccess({ url: context.url, data: manifest, code: 200 }, this.stats, context, null);
      });
    }
  };
}

// The server says that it is not there: no network will bring it.
function isMissing({ response }) {
  return response?.code >= 400 && response.code < 500;
}
