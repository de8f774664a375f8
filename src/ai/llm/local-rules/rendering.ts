import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../../utils/json.ts';
import type { CallResult } from './conversation-view.ts';
import type { Passage } from './passages.ts';
import type { Quote } from './quoting.ts';

/** What every text answer begins with, so that nobody takes it for a language model's. */
export const LABEL = 'Local Rules (not an LLM):';

const MAXIMUM_LINES = 60;
const MAXIMUM_LINE = 600;

/** Quotes as block quotations, each after a sentence that says whose it is, and with its citation. */
export function renderQuotes(quotes: readonly Quote[]): string {
  return quotes.map((quote, index) => `${introduce(quote, index)}\n\n${renderQuote(quote)}`).join('\n\n');
}

/** The quotation alone. */
export function renderQuote({ text, citation }: Quote): string {
  return `> "${text}"\n> [${citation}]`;
}

/** The beginning of a document that was asked for, as it stands. */
export function renderReading({ path, startLine, text }: Passage): string {
  const lines = text.split('\n');
  const shown = lines.slice(0, MAXIMUM_LINES).map((line) => `> ${line.slice(0, MAXIMUM_LINE)}`.trimEnd());
  const last = startLine + shown.length - 1;
  const rest = lines.length > shown.length ? `\n\nThe document goes on after line ${last}.` : '';
  return `\`${path}\` reads:\n\n${shown.join('\n')}\n> [${path}:${startLine}-${last}]${rest}`;
}

function introduce({ title, citation }: Quote, index: number): string {
  const file = citation.replace(/:\d+(?:-\d+)?$/u, '');
  const name = title.replace(/[\s.]+$/u, '');
  const source = name === '' ? `\`${file}\`` : `“${name}” (\`${file}\`)`;
  return index === 0 ? `${source} answers this best:` : `${source} adds:`;
}

/** The answer of a tool in plain words and lines. */
export function renderResult({ tool, error, value }: CallResult): string {
  if (error) return `\`${tool}\` failed: ${errorText(value)}`;
  if (isJsonObject(value) && typeof value['expression'] === 'string' && typeof value['exact'] === 'string')
    return renderCalculation(value);
  const clock = isJsonObject(value) ? renderClock(value) : undefined;
  if (clock !== undefined) return clock;
  if (!isJsonObject(value) && !isJsonArray(value)) return `\`${tool}\` answered: ${scalarText(value)}`;
  const lines = renderLines(value, 0);
  const shown = lines.slice(0, MAXIMUM_LINES);
  const rest = lines.length - shown.length;
  return [`\`${tool}\` answered:`, ...shown, ...(rest > 0 ? [`… and ${rest} more lines.`] : [])].join('\n');
}

/** An exact result, with its decimal digits where they say more. */
function renderCalculation(value: JsonObject): string {
  const [expression, exact] = [scalarText(value['expression']), scalarText(value['exact'])];
  const digits = typeof value['decimal'] === 'string' ? value['decimal'] : exact;
  if (value['approximate'] === true) return `${expression} ≈ ${digits}`;
  if (exact === digits) return `${expression} = ${exact}`;
  return `${expression} = ${digits.endsWith('…') ? `${exact} (${digits})` : digits}`;
}

/** What a clock says, as a sentence. */
function renderClock({ date, time, weekday, timeZone }: JsonObject): string | undefined {
  if (typeof date !== 'string' || typeof time !== 'string' || typeof timeZone !== 'string') return undefined;
  return `It is ${time} on ${typeof weekday === 'string' ? `${weekday}, ` : ''}${date} (${timeZone}).`;
}

function errorText(value: JsonValue): string {
  if (isJsonObject(value)) {
    const message = value['message'] ?? value['error'];
    if (typeof message === 'string') return message;
    if (isJsonObject(message)) return errorText(message);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function renderLines(value: JsonValue | undefined, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  if (isJsonArray(value)) {
    if (value.length === 0) return [`${indent}- (nothing)`];
    return value.flatMap((each, index) =>
      isJsonObject(each) || isJsonArray(each)
        ? [`${indent}- ${index + 1}:`, ...renderLines(each, depth + 1)]
        : [`${indent}- ${scalarText(each)}`],
    );
  }
  if (!isJsonObject(value)) return [`${indent}- ${scalarText(value)}`];
  return Object.entries(value).flatMap(([key, member]) =>
    isJsonObject(member) || isJsonArray(member)
      ? [`${indent}- ${key}:`, ...renderLines(member, depth + 1)]
      : [`${indent}- ${key}: ${scalarText(member)}`],
  );
}

function scalarText(value: JsonValue | undefined): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return text.length > MAXIMUM_LINE ? `${text.slice(0, MAXIMUM_LINE)}…` : text;
}
