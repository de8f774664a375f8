import { displayWidth } from './text-layout.ts';

/**
 * Wraps text that comes in pieces at the ends of words, so that a terminal need not break them in
 * the middle. Line breaks of the text itself stay; a word longer than a line is left to the terminal.
 */
export class WordWrap {
  readonly #width: number;
  #column = 0;
  /** White space that stands before the word under way. */
  #space = '';
  #word = '';

  constructor(width: number) {
    this.#width = width;
  }

  /** What can be shown of the text so far; a word is shown when its end is known. */
  push(text: string): string {
    let shown = '';
    for (const [piece] of text.matchAll(/\n|[^\S\n]+|\S+/g)) {
      if (piece === '\n') {
        shown += `${this.#settle()}\n`;
        this.#column = 0;
        this.#space = '';
      } else if (/^\s/.test(piece)) {
        shown += this.#settle();
        this.#space += piece;
      } else this.#word += piece;
    }
    return shown;
  }

  /** The rest. */
  end(): string {
    return this.#settle();
  }

  #settle(): string {
    if (this.#word === '') return '';
    const width = displayWidth(this.#word);
    const fits = this.#column === 0 || this.#column + this.#space.length + width <= this.#width;
    const shown = (fits ? this.#space : '\n') + this.#word;
    this.#column = (fits ? this.#column + this.#space.length : 0) + width;
    this.#space = '';
    this.#word = '';
    return shown;
  }
}

/** A whole text wrapped; as it is where `width` is undefined. */
export function wrapped(text: string, width: number | undefined): string {
  if (width === undefined) return text;
  const wrap = new WordWrap(width);
  return wrap.push(text) + wrap.end();
}
