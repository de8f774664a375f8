import { Counter, type Registry } from 'prom-client';

export interface TallyOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  readonly registers: Registry[];
}

/**
 * A counter that adds up by itself and tells Prometheus' client only when it is asked: that one
 * checks and hashes the labels at each `inc`, which were 4% of what a step costs in Node.js.
 */
export class Tally<Label extends string> {
  readonly #sums = new Map<string, { readonly values: readonly string[]; sum: number }>();

  constructor({ labelNames, registers, ...about }: TallyOptions<Label>) {
    const sums = this.#sums;
    // It registers itself; nobody else needs to hold it.
    void new Counter<string>({
      ...about,
      labelNames: [...labelNames],
      registers,
      collect() {
        for (const { values, sum } of sums.values()) this.inc(labelled(labelNames, values), sum);
        sums.clear();
      },
    });
  }

  /** Adds to the sum under these label values, which stand in the order of the names. */
  add(values: readonly string[], amount = 1): void {
    const key = values.join('\n');
    const known = this.#sums.get(key);
    if (known === undefined) this.#sums.set(key, { values, sum: amount });
    else known.sum += amount;
  }
}

function labelled(names: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}
