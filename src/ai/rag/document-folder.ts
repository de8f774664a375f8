import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { type LineRange, type LineRequest, linesOf, TextLines } from '../../utils/text-lines.ts';
import { terms } from '../../utils/text-tokens.ts';
import { Bm25Index } from './bm25-index.ts';
import { type DocumentListing, type ListedDocument, reasonOf, type SkippedDocument } from './list-documents.ts';
import { documentForm } from './document-form.ts';
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
export interface DocumentLines extends LineRange {
  readonly path: string;
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

interface DocumentText {
  readonly path: string;
  readonly lines: TextLines;
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
      const text = excerpt(document.lines.between(startLine, endLine), query);
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
  read(path: string, range: Omit<LineRequest, 'limitCharacters'> = {}): DocumentLines | undefined {
    const document = this.#byPath.get(path);
    if (document === undefined) return undefined;
    return { path, ...document.lines.range({ ...range, limitCharacters: READ_CHARACTERS }) };
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
    const text: DocumentText = { path, lines: new TextLines(lines) };
    const document = this.#texts.push(text) - 1;
    this.#byPath.set(path, text);
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
