/** The most recently used values, up to a number of bytes. */
export class ByteCache<Value> {
  #entries = new Map<string, { value: Value; bytes: number }>();
  #bytes = 0;

  constructor(private readonly capacity: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    // A map iterates in the order of insertion, so inserting anew makes the entry the newest.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps the value and drops the least recently used ones that no longer fit beside it. */
  set(key: string, value: Value, bytes: number): void {
    const old = this.#entries.get(key);
    if (old) this.#drop(key, old.bytes);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.capacity || oldest === key) break;
      this.#drop(oldest, entry.bytes);
    }
  }

  #drop(key: string, bytes: number): void {
    this.#entries.delete(key);
    this.#bytes -= bytes;
  }
}
