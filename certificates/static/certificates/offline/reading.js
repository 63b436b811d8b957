// Codes from pictures and from the camera. Pictures never leave the device.
import decodeQR from "../../vendor/qr/decode.js";

const SIDES = [1400, 2400, 800]; // a page scanned whole needs more pixels than a code filling the picture

export async function readPicture(file) {
  const picture = await createImageBitmap(file);
  for (const side of SIDES) {
    const found = decoded(pixels(picture, side), 3000);
    if (found !== null) return found;
  }
  return null;
}

export async function openCamera(video) {
  const wish = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
  await video.play();
}

export function closeCamera(video) {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}

// Looks several times a second until a code is seen, or the camera is closed (null).
export async function watchCamera(video) {
  while (video.srcObject) {
    const found = video.readyState >= 2 ? decoded(pixels(video, 900), 60) : null;
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return null;
}

function pixels(source, longest) {
  const width = source.videoWidth || source.width;
  const height = source.videoHeight || source.height;
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function decoded(image, timeLimit) {
  try {
    return decodeQR({ width: image.width, height: image.height, data: image.data }, { effort: 3, timeLimit });
  } catch {
    return null; // no code in this picture
  }
}
