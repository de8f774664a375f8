/** A sentence of a text, its white space folded, and the lines (from 0) it stands on. */
export interface Sentence {
  readonly text: string;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly heading: boolean;
}

const BLOCK_START = /^\s*(?:[-*+]\s|\d+[.)]\s|#{1,6}\s|\||>|```)/u;
/** The full stop before a capital; and one that stands apart, as in texts typed all in small letters. */
const SENTENCE_END =
  /(?<![\s(][A-Z]|\b(?:e\.g|i\.e|etc|vs|cf|Dr|Mr|Mrs|Ms|No|Fig|al|approx))[.!?]["')\]*_`]*\s+(?=["'([`*_]*[\p{Lu}\p{N}])|(?<=\s)[.?!]\s+(?=[\p{L}\p{N}"'(/])/gu;

interface Block {
  readonly text: string;
  readonly offset: number;
}

/** The sentences of a plain or Markdown text; headings, list items and table rows each stand alone. */
export function sentencesOf(text: string): readonly Sentence[] {
  const lineStarts = startsOfLines(text);
  return blocksOf(text).flatMap((block) => splitBlock(block, lineStarts));
}

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let start = 0;
  let offset = 0;
  const close = (end: number) => {
    if (text.slice(start, end).trim() !== '') blocks.push({ text: text.slice(start, end), offset: start });
    start = end;
  };
  let afterHeading = false;
  for (const line of text.split('\n')) {
    if (afterHeading || line.trim() === '' || BLOCK_START.test(line)) close(offset);
    afterHeading = /^\s*#{1,6}\s/u.test(line);
    offset += line.length + 1;
  }
  close(text.length);
  return blocks;
}

function splitBlock(block: Block, lineStarts: readonly number[]): readonly Sentence[] {
  const borders = [...block.text.matchAll(SENTENCE_END)].map((match) => match.index + match[0].length);
  const starts = [0, ...borders];
  return starts.flatMap((start, index) => {
    const raw = block.text.slice(start, starts[index + 1] ?? block.text.length);
    const lead = raw.length - raw.trimStart().length;
    const from = block.offset + start + lead;
    const body = raw.trim();
    if (body === '' || /^[|\s:-]+$/u.test(body) || body.startsWith('```')) return [];
    return [
      {
        text: unmarked(body),
        firstLine: lineAt(lineStarts, from),
        lastLine: lineAt(lineStarts, from + body.length),
        heading: body.startsWith('#'),
      },
    ];
  });
}

/** Without the marks that make a line a heading or a list item; white space folded. */
function unmarked(text: string): string {
  return text
    .replace(/^(?:#{1,6}|[-*+]|>|\d+[.)])\s+/u, '')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The line (from 0) that an offset is on, by halving. */
function lineAt(lineStarts: readonly number[], offset: number): number {
  let [low, high] = [0, lineStarts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
