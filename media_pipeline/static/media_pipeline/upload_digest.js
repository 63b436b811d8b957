/** SHA-256 of texts and of slices of files; the browser does the sums outside of the page's own thread. */

/** Whether this page may do sums at all: browsers allow it on https and on this machine only. */
export function canDigest() {
  return Boolean(globalThis.crypto?.subtle);
}

/** The digest of a slice of a file, as 64 hexadecimal digits; one part at a time is in memory. */
export async function digestOf(blob) {
  return hex(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
}

/** The digest of a text. */
export async function digestOfText(text) {
  return hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

function hex(buffer) {
  return [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
