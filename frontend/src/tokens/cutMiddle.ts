/** Names made to fit. */

import type { TextWidth } from "./labels";

const CUT = "…";

/** Returns the text, without its middle if it is wider than `room`; both ends tell names apart. */
export function cutMiddle(text: string, room: number, widthOf: TextWidth): string {
  if (text === "" || widthOf(text) <= room) return text;
  // By code points, so that no character is cut in two.
  const characters = [...text];
  let [least, most] = [0, characters.length - 1];
  const keeping = (kept: number) => {
    const head = Math.ceil(kept / 2);
    return characters.slice(0, head).join("") + CUT + characters.slice(characters.length - (kept - head)).join("");
  };
  while (least < most) {
    const kept = Math.ceil((least + most) / 2);
    if (widthOf(keeping(kept)) <= room) least = kept;
    else most = kept - 1;
  }
  return keeping(least);
}
