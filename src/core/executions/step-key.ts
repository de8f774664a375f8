/**
 * Compares two step keys (`2`, `3.0.1`) in the order of the program: number by number, a prefix
 * before what it contains. Negative where `left` comes first.
 */
export function compareStepKeys(left: string, right: string): number {
  const leftParts = left.split('.');
  const rightParts = right.split('.');
  for (let index = 0; index < leftParts.length && index < rightParts.length; index += 1) {
    const difference = Number(leftParts[index]) - Number(rightParts[index]);
    if (difference !== 0) return difference;
  }
  return leftParts.length - rightParts.length;
}

/** The next free key under a prefix: `1`, `2`, … at the top, `3.0.1`, … in branch 0 of group 3. */
export class StepKeys {
  readonly #prefix: string;
  #last = 0;

  constructor(prefix = '') {
    this.#prefix = prefix;
  }

  next(): string {
    this.#last += 1;
    return `${this.#prefix}${this.#last}`;
  }
}
