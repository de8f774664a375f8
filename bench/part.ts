/** One part of the figures: measured by itself, published as a section of docs/benchmarks.md. */
export interface Part<Figures extends object> {
  readonly name: string;
  readonly measure: () => Promise<Figures>;
  /** Markdown of the section: tables, and what was done. */
  readonly render: (figures: Figures) => string;
}

export type Row = readonly string[];

/** A Markdown table; the first column is text, the others are numbers. */
export function table(heading: Row, rows: readonly Row[]): string {
  const rule = heading.map((_, index) => (index === 0 ? '---' : '---:'));
  return [heading, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Tells the person at the terminal how far it is. */
export function progress(message: string): void {
  process.stderr.write(`${message}\n`);
}
