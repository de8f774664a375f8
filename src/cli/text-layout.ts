import { stripVTControlCharacters } from 'node:util';

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const NARROW_ONLY = /^[\u0020-\u02ff]*$/;
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Columns that a text takes on a terminal, styles not counted (East Asian Width, UAX 11). */
export function displayWidth(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (NARROW_ONLY.test(plain)) return plain.length;
  let width = 0;
  for (const character of plain) width += columnsOf(character);
  return width;
}

function columnsOf(character: string): number {
  if (WITHOUT_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The text on one line: every run of white space is one space. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** A plain text cut to a width, with an ellipsis where something is missing. */
export function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let taken = '';
  let used = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > width - 1) break;
    taken += character;
  }
  return `${taken.trimEnd()}…`;
}

/** A text, styled or not, filled up with spaces. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Fills up on the left. */
export function padLeft(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Every line of a text behind an indent. */
export function indented(text: string, indent: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n');
}

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: 'right';
  /** Gives way first where the lines are too long. */
  readonly flexible?: boolean;
  /** Applied to what is shown, after it was measured. */
  readonly paint?: (text: string, row: Row) => string;
}

const GAP = '  ';
const LEAST_FLEXIBLE = 12;

/**
 * Rows under their titles, aligned. Flexible columns are cut so that lines fit into `width`;
 * nothing is cut where it is undefined.
 */
export function table<Row>(
  rows: readonly Row[],
  {
    columns,
    width,
    title,
  }: { columns: readonly Column<Row>[]; width: number | undefined; title: (text: string) => string },
): string[] {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.value(row))));
  const widths = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...cells.map((line) => displayWidth(line[index] ?? ''))),
  );
  if (width !== undefined) narrow(widths, { columns, width });
  const line = (values: readonly string[], row?: Row) =>
    columns
      .map((column, index) => {
        const text = fit(values[index] ?? '', widths[index] ?? 0);
        const painted = row === undefined ? title(text) : (column.paint?.(text, row) ?? text);
        return column.align === 'right' ? padLeft(painted, widths[index] ?? 0) : pad(painted, widths[index] ?? 0);
      })
      .join(GAP)
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map((row, index) => line(cells[index] ?? [], row))];
}

/** Takes what is too much from the flexible columns, from the widest first. */
function narrow<Row>(widths: number[], { columns, width }: { columns: readonly Column<Row>[]; width: number }): void {
  for (;;) {
    const total = widths.reduce((sum, one) => sum + one + GAP.length, -GAP.length);
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      if (column.flexible !== true || (widths[index] ?? 0) <= LEAST_FLEXIBLE) continue;
      if (widest === -1 || (widths[index] ?? 0) > (widths[widest] ?? 0)) widest = index;
    }
    if (total <= width || widest === -1) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}
