/** Frames of many steps in one answer, each compressed by itself. */

import { arrayOf, decodeFrame, type Frame, FrameError } from "./frame";
import { gunzip } from "./gunzip";

export interface Packed {
  steps: number[];
  frames: Uint8Array<ArrayBuffer>[];
}

/** Returns the frames of a series, one for each step. */
export function unpack(frame: Frame, name: "texts" | "setup" | "alarms"): Packed {
  const steps = Array.from(arrayOf(frame, `${name}.steps`, BigInt64Array).data, Number);
  const ends = Array.from(arrayOf(frame, `${name}.ends`, BigInt64Array).data, Number);
  const bytes = arrayOf(frame, `${name}.frames`, Uint8Array).data as Uint8Array<ArrayBuffer>;
  const rise = ends.every((end, index) => end >= (ends[index - 1] ?? 0));
  if (!rise || ends.length !== steps.length || (ends[ends.length - 1] ?? 0) !== bytes.length) {
    throw new FrameError(
      `The series "${name}" has ${steps.length} steps, ${ends.length} ends and ${bytes.length} bytes.`,
    );
  }
  return { steps, frames: ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)) };
}

export async function expanded(bytes: Uint8Array<ArrayBuffer>): Promise<Frame> {
  let buffer: ArrayBuffer;
  try {
    buffer = await gunzip(bytes);
  } catch {
    throw new FrameError("A frame is not compressed as it should be; the event file is damaged.");
  }
  return decodeFrame(buffer);
}
