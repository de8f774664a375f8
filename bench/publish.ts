import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import type { Machine } from './machine.ts';
import { readable } from './statistics.ts';

const RESULTS = new URL('./results/', import.meta.url);
const PAGE = new URL('../docs/benchmarks.md', import.meta.url);

export interface Measured {
  readonly part: string;
  readonly machine: Machine;
  readonly seconds: number;
  readonly figures: object;
  /** Markdown made from the figures. */
  readonly section: string;
}

/** Keeps what was measured as bench/results/<part>.json, and puts its tables into docs/benchmarks.md. */
export function publish(measured: Measured): void {
  mkdirSync(RESULTS, { recursive: true });
  const { section, ...kept } = measured;
  writeFileSync(new URL(`${measured.part}.json`, RESULTS), `${JSON.stringify(kept, null, 2)}\n`);
  const text = `${section}\n\n${measurement(measured)}`;
  writeSection(PAGE, { name: `bench:${measured.part}`, text });
}

function measurement({ part, machine, seconds }: Measured): string {
  return (
    `*${machine.date}, \`npm run bench -- ${part}\` (${Math.round(seconds)} s): ${machine.processor}, ` +
    `${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node.js ${machine.node}, ` +
    `PostgreSQL ${machine.postgres}; writing and flushing 8 KiB takes ${readable(machine.flushMilliseconds)} ms.*`
  );
}

/**
 * Puts new text between two markers of a page, `<!-- name -->` and `<!-- /name -->`.
 * @throws Error where the page has no such markers
 */
export function writeSection(page: URL, { name, text }: { readonly name: string; readonly text: string }): void {
  const before = readFileSync(page, 'utf8');
  const begin = `<!-- ${name} -->`;
  const from = before.indexOf(begin);
  const to = before.indexOf(`<!-- /${name} -->`);
  if (from < 0 || to < from) throw new Error(`${page.pathname} has no ${begin} … <!-- /${name} -->`);
  writeFileSync(page, `${before.slice(0, from + begin.length)}\n${text}\n${before.slice(to)}`);
}
