// Keeps the page for offline checks on the device. Its list of files, `self.kept`, comes before it from the server.
// What is kept is of one version: page and modules always fit one another. A newer version replaces it as a whole.

const PREFIX = "xueshi-offline-";
const { version, page, files } = self.kept;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(PREFIX + version)
      .then((cache) => cache.addAll([page, ...files].map((address) => new Request(address, { cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith(PREFIX) && name !== PREFIX + version))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname !== page && !files.includes(address.pathname)) return; // keys and lists: the page keeps these
  event.respondWith(
    caches
      .open(PREFIX + version)
      .then((cache) => cache.match(address.pathname))
      .then((found) => found ?? fetch(event.request)),
  );
});
