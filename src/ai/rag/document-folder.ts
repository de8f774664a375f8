import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { terms } from '../../utils/text-tokens.ts';
import { Bm25Index } from './bm25-index.ts';
import { type DocumentListing, type ListedDocument, reasonOf, type SkippedDocument } from './list-documents.ts';
import { documentForm, linesOf } from './read-text.ts';
import { splitPassages } from './split-passages.ts';

/** A passage that answers a query. */
export interface PassageHit {
  /** `path:start-end`. */
  readonly citation: string;
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  /** Title of the document and the headings over the passage, joined by ` > `. */
  readonly title: string;
  /** 0 to 1, comparable between queries: the share of the most a passage could score. */
  readonly score: number;
  /** The lines themselves; of a passage over 2,400 characters the part that fits the query best. */
  readonly text: string;
}

/** Lines of a document. */
export interface DocumentLines {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly totalLines: number;
  readonly text: string;
}

interface PassagePlace {
  readonly document: number;
  readonly startLine: number;
  readonly endLine: number;
  readonly title: string;
}

const PARALLEL_READS = 32;
const EXCERPT_CHARACTERS = 2_400;
const READ_CHARACTERS = 48_000;

/** The text of one document as one string, with the place where each line begins. */
class DocumentText {
  readonly path: string;
  readonly #text: string;
  readonly #starts: Uint32Array;

  constructor(path: string, lines: readonly string[]) {
    this.path = path;
    this.#text = lines.join('\n');
    this.#starts = new Uint32Array(lines.length + 1);
    for (const [index, line] of lines.entries()) {
      this.#starts[index + 1] = (this.#starts[index] ?? 0) + line.length + 1;
    }
  }

  get totalLines(): number {
    return this.#starts.length - 1;
  }

  /** Lines counted from 1, both ends included, without the last line end. */
  lines(startLine: number, endLine: number): string {
    return this.#text.slice(this.#starts[startLine - 1] ?? 0, Math.max(0, (this.#starts[endLine] ?? 0) - 1));
  }
}

/** A folder of documents as it was when it was read: searched and quoted from memory. */
export class DocumentFolder {
  readonly #texts: DocumentText[] = [];
  readonly #byPath = new Map<string, DocumentText>();
  readonly #places: PassagePlace[] = [];
  readonly #index = new Bm25Index();
  readonly #skipped: SkippedDocument[];
  /** Bytes of text in memory, by the files' sizes. */
  readonly bytes: number;

  private constructor(listing: DocumentListing) {
    this.#skipped = [...listing.skipped];
    this.bytes = listing.documents.reduce((sum, { size }) => sum + size, 0);
  }

  /** Reads and indexes all that was listed; what cannot be read is left out and named in `skipped`. */
  static async load(listing: DocumentListing): Promise<DocumentFolder> {
    const folder = new DocumentFolder(listing);
    const { documents, root } = listing;
    for (let from = 0; from < documents.length; from += PARALLEL_READS) {
      const batch = documents.slice(from, from + PARALLEL_READS);
      const read = await Promise.all(batch.map((document) => folder.#read(root, document)));
      for (const [index, lines] of read.entries()) {
        const document = batch[index];
        if (lines !== undefined && document !== undefined) folder.#add(document.path, lines);
      }
    }
    return folder;
  }

  get skipped(): readonly SkippedDocument[] {
    return this.#skipped;
  }

  get paths(): readonly string[] {
    return this.#texts.map(({ path }) => path);
  }

  get passages(): number {
    return this.#places.length;
  }

  search(query: string, limit: number): PassageHit[] {
    const hits: PassageHit[] = [];
    for (const { passage, score } of this.#index.search(query, limit)) {
      const place = this.#places[passage];
      const document = place && this.#texts[place.document];
      if (place === undefined || document === undefined) continue;
      const { startLine, endLine, title } = place;
      const text = excerpt(document.lines(startLine, endLine), query);
      const { path } = document;
      const citation = `${path}:${startLine}-${endLine}`;
      hits.push({ citation, path, startLine, endLine, title, score: Math.round(score * 10_000) / 10_000, text });
    }
    return hits;
  }

  /**
   * Lines of a document, at most 48,000 characters (`endLine` tells how far it came); undefined
   * where there is no such document.
   */
  read(
    path: string,
    range: { readonly startLine?: number; readonly endLine?: number } = {},
  ): DocumentLines | undefined {
    const document = this.#byPath.get(path);
    if (document === undefined) return undefined;
    const { totalLines } = document;
    if (totalLines === 0) return { path, startLine: 0, endLine: 0, totalLines, text: '' };
    const startLine = Math.min(range.startLine ?? 1, totalLines);
    let endLine = startLine;
    const last = Math.min(range.endLine ?? totalLines, totalLines);
    let text = document.lines(startLine, startLine).slice(0, READ_CHARACTERS);
    while (endLine < last) {
      const line = document.lines(endLine + 1, endLine + 1);
      if (text.length + line.length >= READ_CHARACTERS) break;
      text += `\n${line}`;
      endLine += 1;
    }
    return { path, startLine, endLine, totalLines, text };
  }

  async #read(root: string, { path }: ListedDocument): Promise<string[] | undefined> {
    try {
      const lines = linesOf(await readFile(join(root, path)));
      if (lines === undefined) this.#skipped.push({ path, reason: 'it is no text' });
      return lines;
    } catch (error) {
      this.#skipped.push({ path, reason: reasonOf(error) });
      return undefined;
    }
  }

  #add(path: string, lines: readonly string[]): void {
    const document = this.#texts.push(new DocumentText(path, lines)) - 1;
    const text = this.#texts[document];
    if (text !== undefined) this.#byPath.set(path, text);
    const isHtml = /\.html?$/i.test(path);
    const split = splitPassages(lines, documentForm(path) ?? 'prose');
    const title = (isHtml ? htmlTitle(lines) : split.title) ?? basename(path);
    for (const { startLine, endLine, headings, text: body } of split.passages) {
      const titles = [title, ...headings.filter((heading) => heading !== title)].join(' > ');
      this.#places.push({ document, startLine, endLine, title: titles });
      const name = path.replace(/\.[^./]*$/, '');
      this.#index.add({ title: `${name}\n${titles}`, text: isHtml ? withoutTags(body) : body });
    }
  }
}

function withoutTags(html: string): string {
  return html.replaceAll(/<[^<>]{0,2000}>/g, ' ');
}

function htmlTitle(lines: readonly string[]): string | undefined {
  const title = /<title[^>]*>([^<]*)/i.exec(lines.slice(0, 200).join('\n'))?.[1]?.trim();
  return title === '' ? undefined : title;
}

/** Of a text that is too long, the stretch with the most different words of the query. */
function excerpt(text: string, query: string): string {
  if (text.length <= EXCERPT_CHARACTERS) return text;
  const wanted = new Set(terms(query));
  let best = { from: 0, found: -1 };
  for (let from = 0; from < text.length; from += EXCERPT_CHARACTERS / 2) {
    const inside = new Set(terms(text.slice(from, from + EXCERPT_CHARACTERS)));
    const found = [...wanted].filter((term) => inside.has(term)).length;
    if (found > best.found) best = { from, found };
  }
  const to = best.from + EXCERPT_CHARACTERS;
  return `${best.from > 0 ? '…' : ''}${text.slice(best.from, to)}${to < text.length ? '…' : ''}`;
}
