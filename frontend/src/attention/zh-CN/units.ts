/** 时间单位的名称。 */

import type { Unit } from "../../wire/schema.gen";

export const UNIT_NAMES: Record<Unit, string> = { ms: "毫秒", s: "秒", frames: "帧" };
