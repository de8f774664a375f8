/** A run of whole lines of a document. */
export interface Passage {
  /** Counted from 1. */
  readonly startLine: number;
  /** Inclusive. */
  readonly endLine: number;
  /** The headings it stands under, outermost first. */
  readonly headings: readonly string[];
  /** Exactly these lines, joined by line feeds. */
  readonly text: string;
}

export interface SplitDocument {
  /** First heading, or first line where it stands alone; undefined where there is neither. */
  readonly title?: string;
  readonly passages: readonly Passage[];
}

/** What the lines mean: Markdown and reStructuredText have headings, prose has a title line, code neither. */
export type DocumentForm = 'markdown' | 'prose' | 'code';

/** A passage is filled up to so many characters; one line longer than that stays whole. */
const TARGET_CHARACTERS = 1_200;
/** A passage shorter than this takes the next block whatever its size. */
const LEAST_CHARACTERS = 300;
const TITLE_CHARACTERS = 300;
/** Shown titles are cut there. */
const SHOWN_TITLE_CHARACTERS = 200;

interface Block {
  readonly start: number;
  /** Index behind the last line. */
  readonly end: number;
  readonly heading?: { readonly level: number; readonly text: string };
}

/**
 * Cuts the lines of a document into passages: at headings always, unless nothing stands between
 * them, else at blank lines so that a passage comes near 1,200 characters. Passages are in order, don't overlap, and hold every line
 * that is not blank. Fenced code stays together as long as it fits.
 */
export function splitPassages(lines: readonly string[], form: DocumentForm): SplitDocument {
  const blocks = form === 'markdown' ? markdownBlocks(lines) : paragraphs(lines, { start: 0, end: lines.length });
  const passages = packBlocks(lines, blocks);
  const heading = blocks.find((block) => block.heading !== undefined)?.heading?.text;
  const title = heading === undefined ? (form === 'code' ? undefined : titleLine(lines, blocks[0])) : shown(heading);
  return title === undefined ? { passages } : { title, passages };
}

function titleLine(lines: readonly string[], first: Block | undefined): string | undefined {
  if (first === undefined || first.end - first.start !== 1) return undefined;
  const line = (lines[first.start] ?? '').trim();
  return line.length <= TITLE_CHARACTERS ? shown(line) : undefined;
}

function shown(title: string): string {
  return title.length <= SHOWN_TITLE_CHARACTERS ? title : `${title.slice(0, SHOWN_TITLE_CHARACTERS - 1)}…`;
}

function packBlocks(lines: readonly string[], blocks: readonly Block[]): Passage[] {
  const passages: Passage[] = [];
  const headings: { level: number; text: string }[] = [];
  let open: Block | undefined;
  let holdsText = false;

  const close = (): void => {
    if (open !== undefined) passages.push(...cut(lines, { ...open, headings: headings.map(({ text }) => text) }));
    open = undefined;
  };
  for (const block of blocks) {
    if (block.heading !== undefined) {
      // A heading by itself says nothing: it stands over the passage of the one below it.
      if (holdsText) close();
      const { level } = block.heading;
      while ((headings.at(-1)?.level ?? 0) >= level) headings.pop();
      headings.push(block.heading);
    } else if (open !== undefined) {
      const filled = charactersIn(lines, open);
      const added = charactersIn(lines, block);
      if (filled >= LEAST_CHARACTERS && filled + added > TARGET_CHARACTERS) close();
    }
    holdsText = block.heading === undefined;
    open = { start: open?.start ?? block.start, end: block.end };
  }
  close();
  return passages;
}

/** A run of lines as passages: one, or several where it is much longer than one should be. */
function cut(
  lines: readonly string[],
  { start, end, headings }: Block & { readonly headings: readonly string[] },
): Passage[] {
  const pieces: Passage[] = [];
  let from = start;
  let size = 0;
  const add = (to: number): void => {
    const text = lines.slice(from, to).join('\n');
    if (text.trim() !== '') pieces.push({ startLine: from + 1, endLine: to, headings, text });
    from = to;
    size = 0;
  };
  for (let index = start; index < end; index += 1) {
    const length = lines[index]?.length ?? 0;
    if (size >= LEAST_CHARACTERS && size + length > TARGET_CHARACTERS * 1.5) add(index);
    size += length + 1;
  }
  add(end);
  return pieces;
}

function charactersIn(lines: readonly string[], { start, end }: Block): number {
  let characters = 0;
  for (let index = start; index < end; index += 1) characters += (lines[index]?.length ?? 0) + 1;
  return characters;
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}

/** Runs of lines between blank lines. */
function paragraphs(lines: readonly string[], run: Block): Block[] {
  const blocks: Block[] = [];
  let { start } = run;
  for (let index = run.start; index <= run.end; index += 1) {
    if (index < run.end && !isBlank(lines[index])) continue;
    if (index > start) blocks.push({ start, end: index });
    start = index + 1;
  }
  return blocks;
}

function markdownBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let textFrom = 0;
  let index = 0;
  while (index < lines.length) {
    const special = fencedBlock(lines, index) ?? headingBlock(lines, index);
    if (special === undefined) {
      index += 1;
      continue;
    }
    blocks.push(...paragraphs(lines, { start: textFrom, end: index }), special);
    index = special.end;
    textFrom = index;
  }
  blocks.push(...paragraphs(lines, { start: textFrom, end: lines.length }));
  return blocks;
}

/** A code fence (CommonMark 0.31, section 4.5) as one block; one that is never closed ends with the document. */
function fencedBlock(lines: readonly string[], start: number): Block | undefined {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(lines[start] ?? '')?.[1];
  if (fence === undefined) return undefined;
  for (let index = start + 1; index < lines.length; index += 1) {
    const line = (lines[index] ?? '').trim();
    if (line.length >= fence.length && line === (fence[0] ?? '').repeat(line.length)) return { start, end: index + 1 };
  }
  return { start, end: lines.length };
}

/** `# Heading` (CommonMark 4.2), or a line with one of = - ~ ^ below it over its whole width. */
function headingBlock(lines: readonly string[], start: number): Block | undefined {
  const line = lines[start] ?? '';
  const marked = /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(line);
  if (marked !== null) {
    const text = (marked[2] ?? '').replace(/[ \t]+#+[ \t]*$/, '').trim();
    return text === '' ? undefined : { start, end: start + 1, heading: { level: marked[1]?.length ?? 1, text } };
  }
  const below = (lines[start + 1] ?? '').trimEnd();
  if (isBlank(line) || line.length > TITLE_CHARACTERS || !isBlank(lines[start - 1] ?? '')) return undefined;
  if (!/^(?:=+|-+|~+|\^+)$/.test(below) || below.length < Math.min(3, line.length)) return undefined;
  if (/^[-*+|>\s]/.test(line)) return undefined;
  return { start, end: start + 2, heading: { level: '=-~^'.indexOf(below.charAt(0)) + 1, text: line.trim() } };
}
