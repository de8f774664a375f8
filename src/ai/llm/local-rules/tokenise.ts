/** A word of a text and where it stands, as UTF-16 offsets. */
export interface Word {
  readonly text: string;
  readonly lower: string;
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}\p{M}]+(?:['’][\p{L}]+)*|\p{N}+(?:[.,]\p{N}+)*/gu;

/** The words and numbers of a text, in order; `don't` and `1,250.5` are one word each. */
export function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(WORD)].map((match) => ({
    text: match[0],
    lower: match[0]
      .toLowerCase()
      .replace(/['’]s?$|['’](?=s$)s$/u, '')
      .replaceAll('’', "'"),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** The lower-case words inside an identifier: `getStockPrice`, `get_stock_price` and `get.stock-price` are alike. */
export function identifierWords(name: string): readonly string[] {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\d)/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
    .map((part) => part.toLowerCase());
}
