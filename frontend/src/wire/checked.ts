/** What JSON says, taken for a dataclass of the schema only where each field is of its type. */

import { FrameError } from "./frame";
import type { Plain, Shape } from "./shape";

/** What was looked at already, by shape: a header is read for each step anew, and may hold many tokens. */
const known = new Map<Plain, WeakSet<object>>();

/**
 * Returns a JSON value as what it looks like; lists that were added later are there, empty, and booleans, false. Throws a FrameError
 * that names what is of another type.
 */
export function checked<T>(shape: Shape<T>, value: unknown): T {
  const seen = known.get(shape) ?? new WeakSet();
  known.set(shape, seen);
  if (typeof value !== "object" || value === null || !seen.has(value)) check(shape, value, "");
  if (typeof value === "object" && value !== null) seen.add(value);
  return value as T;
}

function check(shape: Plain, value: unknown, where: string): void {
  if (typeof shape === "string") {
    const isRight =
      shape === "int" ? Number.isSafeInteger(value) : typeof value === (shape === "float" ? "number" : shape);
    if (!isRight) throw wrong(value, where, EXPECTED[shape]);
  } else if ("oneOf" in shape) {
    if (!shape.oneOf.includes(value as string)) throw wrong(value, where, `one of ${shape.oneOf.join(", ")}`);
  } else if ("list" in shape) {
    if (!Array.isArray(value)) throw wrong(value, where, "a list");
    // Thousands of texts are looked at without a name for each.
    if (shape.list === "string" && value.every((item) => typeof item === "string")) return;
    value.forEach((item, place) => {
      check(shape.list, item, `${where}[${place}]`);
    });
  } else {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(value, where, "an object");
    const object = value as Record<string, unknown>;
    if ("record" in shape) {
      for (const name of Object.keys(object)) check(shape.record, object[name], `${where}[${name.slice(0, 40)}]`);
      return;
    }
    for (const name of shape.later ?? [])
      if (!Object.hasOwn(object, name)) object[name] = shape.fields[name] === "boolean" ? false : [];
    for (const [name, field] of Object.entries(shape.fields)) {
      check(field, Object.hasOwn(object, name) ? object[name] : undefined, where === "" ? name : `${where}.${name}`);
    }
  }
}

const EXPECTED = { int: "a whole number", float: "a number", string: "text", boolean: "true or false" };

function wrong(value: unknown, where: string, expected: string): FrameError {
  const shown = typeof value === "object" && value !== null ? "something else" : String(value).slice(0, 60);
  return new FrameError(`${where || "The header"} of a record is ${shown}; expected ${expected}. The log is damaged.`);
}
