/** Some lines of a text, counted from 1, both ends included; 0 to 0 in a text without lines. */
export interface LineRange {
  readonly startLine: number;
  readonly endLine: number;
  readonly totalLines: number;
  readonly text: string;
}

export interface LineRequest {
  readonly startLine?: number | undefined;
  readonly endLine?: number | undefined;
  /** Lines are taken as long as they fit; at least one, cut if need be. */
  readonly limitCharacters: number;
}

/**
 * The lines of a text file: UTF-8 (what is not becomes U+FFFD) or, with a byte order mark, UTF-16;
 * line ends of all systems. A last line end begins no line. Undefined where the bytes are no text.
 */
export function linesOf(bytes: Uint8Array): string[] | undefined {
  const wide = wideEncoding(bytes);
  if (wide === undefined && bytes.subarray(0, 8_192).includes(0)) return undefined;
  const text = new TextDecoder(wide ?? 'utf-8').decode(bytes).replaceAll('\0', '\uFFFD');
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function wideEncoding(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

/** A text as one string, with the place where each of its lines begins. */
export class TextLines {
  readonly #text: string;
  readonly #starts: Uint32Array;

  constructor(lines: readonly string[]) {
    this.#text = lines.join('\n');
    this.#starts = new Uint32Array(lines.length + 1);
    for (const [index, line] of lines.entries()) {
      this.#starts[index + 1] = (this.#starts[index] ?? 0) + line.length + 1;
    }
  }

  get total(): number {
    return this.#starts.length - 1;
  }

  /** The lines from one to another, without the last line end. */
  between(startLine: number, endLine: number): string {
    return this.#text.slice(this.#starts[startLine - 1] ?? 0, Math.max(0, (this.#starts[endLine] ?? 0) - 1));
  }

  /** As many of the lines asked for as fit; `endLine` tells how far it came. A start behind the end gives the last line. */
  range({ startLine = 1, endLine = this.total, limitCharacters }: LineRequest): LineRange {
    const totalLines = this.total;
    if (totalLines === 0) return { startLine: 0, endLine: 0, totalLines, text: '' };
    const first = Math.min(startLine, totalLines);
    const begin = this.#starts[first - 1] ?? 0;
    let last = first;
    const wanted = Math.min(endLine, totalLines);
    while (last < wanted && (this.#starts[last + 1] ?? 0) - 1 - begin <= limitCharacters) last += 1;
    return { startLine: first, endLine: last, totalLines, text: this.between(first, last).slice(0, limitCharacters) };
  }
}
