/**
 * The highest version this process has seen of each stream, for the streams used last. A stream
 * only grows, so a version once seen stays: an append behind it can leave no hole.
 */
export class KnownHeads {
  readonly #heads = new Map<string, number>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  see(streamId: string, version: number): void {
    const known = this.#heads.get(streamId) ?? 0;
    this.#heads.delete(streamId);
    this.#heads.set(streamId, Math.max(known, version));
    if (this.#heads.size > this.#capacity) {
      const oldest = this.#heads.keys().next();
      if (oldest.done !== true) this.#heads.delete(oldest.value);
    }
  }

  reaches(streamId: string, version: number): boolean {
    return version === 0 || (this.#heads.get(streamId) ?? 0) >= version;
  }
}
