/**
 * Returns a function that loads something, and tells of it unless another was asked for meanwhile: what is asked for first may be there
 * last.
 */
export function newest<Key, Value>(
  load: (key: Key) => Promise<Value>,
  tell: (key: Key, value: Value) => void,
  fail: (key: Key, error: unknown) => void,
): (key: Key) => void {
  let wanted: Key;
  return (key) => {
    wanted = key;
    load(key).then(
      (value) => {
        if (key === wanted) tell(key, value);
      },
      (error) => {
        if (key === wanted) fail(key, error);
      },
    );
  };
}
