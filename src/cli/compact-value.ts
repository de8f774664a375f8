import { fit, oneLine } from './text-layout.ts';

/**
 * JSON data on one line, as a person skims it: `query: "kill -9", limit: 5`. Stops soon after
 * `width` columns, however large the value.
 */
export function compactValue(value: unknown, width: number): string {
  const writer = new CompactWriter(width * 2);
  if (typeof value === 'string') return fit(oneLine(value.slice(0, width * 2)), width);
  if (isRecord(value)) writer.members(value);
  else writer.value(value);
  return fit(writer.text, width);
}

class CompactWriter {
  readonly #limit: number;
  text = '';

  constructor(limit: number) {
    this.#limit = limit;
  }

  get #full(): boolean {
    return this.text.length > this.#limit;
  }

  value(value: unknown): void {
    if (this.#full) return;
    if (typeof value === 'string') this.text += `"${oneLine(value.slice(0, this.#limit))}"`;
    else if (Array.isArray(value)) this.#list(value);
    else if (isRecord(value)) {
      this.text += '{';
      this.members(value);
      this.text += '}';
    } else this.text += String(value);
  }

  members(value: Readonly<Record<string, unknown>>): void {
    let separator = '';
    for (const key of Object.keys(value)) {
      if (this.#full) return;
      this.text += `${separator}${key}: `;
      this.value(value[key]);
      separator = ', ';
    }
  }

  #list(items: readonly unknown[]): void {
    this.text += '[';
    for (const [index, item] of items.entries()) {
      if (this.#full) return;
      if (index > 0) this.text += ', ';
      this.value(item);
    }
    this.text += ']';
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
