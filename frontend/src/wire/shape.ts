/** What a JSON value looks like, see `checked.ts`. */

export type Plain =
  | "int"
  | "float"
  | "string"
  | "boolean"
  | { readonly list: Plain }
  | { readonly record: Plain }
  | { readonly oneOf: readonly string[] }
  | { readonly fields: Readonly<Record<string, Plain>>; readonly later?: readonly string[] };

/** What a value of type `T` looks like; `later` are lists and booleans that older records leave out. */
export type Shape<T> = Plain & { readonly of?: T };
