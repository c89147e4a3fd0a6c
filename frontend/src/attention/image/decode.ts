/** From the bytes of a record to the pixels of its image. */

import { arrayOf, type Frame, FrameError } from "../../wire/frame";
import type { ImageHeader } from "../../wire/schema.gen";
import type { Pixels } from "./paintImage";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Of an image that is worth a look; a file of few bytes may claim any size. */
const LONGEST_SIDE = 4096;

/** Returns the PNG of an image, of the size that its header and its record tell. */
export function pngOf(frame: Frame, { width, height }: ImageHeader): Uint8Array<ArrayBuffer> {
  const { data } = arrayOf(frame, "image", Uint8Array, [null]);
  const isPng = data.length > 24 && SIGNATURE.every((byte, at) => data[at] === byte);
  if (!isPng) throw new FrameError("The image of the record is no PNG. The log is damaged.");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [across, down] = [view.getUint32(16), view.getUint32(20)];
  if (across !== width || down !== height || Math.max(across, down) > LONGEST_SIDE || Math.min(across, down) < 1)
    throw new FrameError(
      `The image of the record is of ${across} × ${down} pixels; its header says ${width} × ${height}, and at most ${LONGEST_SIDE} are drawn.`,
    );
  return data.slice();
}

/** Returns what a PNG shows. */
export async function decodePng(png: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  const bitmap = await createImageBitmap(new Blob([png], { type: "image/png" }), { colorSpaceConversion: "none" });
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  const context = canvas.getContext("2d");
  if (!context) throw new FrameError("This browser gives no 2D canvas; the page needs one to draw. Allow canvas.");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
