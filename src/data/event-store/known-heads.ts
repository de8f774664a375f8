/**
 * The highest version this process has seen of each stream, for the streams used last. A stream
 * only grows, so a version once seen stays: an append behind it can leave no hole. Two generations:
 * when the young one is full it becomes the old one, and what was not used since is forgotten.
 */
export class KnownHeads {
  readonly #generationSize: number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  /** At most so many streams are known, the last half of them for sure. */
  constructor(capacity: number) {
    this.#generationSize = Math.ceil(capacity / 2);
  }

  see(streamId: string, version: number): void {
    this.#young.set(streamId, Math.max(this.#head(streamId), version));
    if (this.#young.size < this.#generationSize) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  reaches(streamId: string, version: number): boolean {
    return version === 0 || this.#head(streamId) >= version;
  }

  #head(streamId: string): number {
    return this.#young.get(streamId) ?? this.#old.get(streamId) ?? 0;
  }
}
