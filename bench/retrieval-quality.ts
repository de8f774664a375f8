/**
 * Retrieval quality of the document index on a judged collection, as `documents.search` ranks it.
 *   node bench/retrieval-quality.ts <folder>     or RETRIEVAL_COLLECTION=<folder>
 * No such collection is part of the project; Cranfield, CISI or any other with judgements will do.
 * The folder holds docs/<id>.txt (title, blank line, text), queries.jsonl {id, text} and qrels.tsv
 * (a heading line, then query, document, gain). Prints nDCG@10 and recall@10 over all queries and
 * over every other one (so that a parameter tuned on one can be checked on the other), and the times.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { createDocumentLibrary, type DocumentFolder } from '../src/ai/rag/index.ts';

const DEPTH = 10;

interface Query {
  readonly id: string;
  readonly text: string;
}
interface Quality {
  readonly linearNdcg: number;
  readonly exponentialNdcg: number;
  readonly recall: number;
}
/** Gain of each judged document, by query. */
type Judgements = ReadonlyMap<string, ReadonlyMap<string, number>>;

function readQueries(folder: string): Query[] {
  const lines = readFileSync(join(folder, 'queries.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Query);
}

function readJudgements(folder: string): Judgements {
  const judgements = new Map<string, Map<string, number>>();
  const lines = readFileSync(join(folder, 'qrels.tsv'), 'utf8').trim().split('\n').slice(1);
  for (const line of lines) {
    const [query = '', document = '', gain = ''] = line.split('\t');
    const gains = judgements.get(query) ?? new Map<string, number>();
    judgements.set(query, gains.set(document, Number(gain)));
  }
  return judgements;
}

/** Documents in the order of their best passage. */
function rankDocuments(documents: DocumentFolder, query: string): string[] {
  const ids = documents.search(query, DEPTH * 5).map(({ path }) => String(Number.parseInt(path, 10)));
  return [...new Set(ids)].slice(0, DEPTH);
}

function discounted(gains: readonly number[]): number {
  let sum = 0;
  for (const [rank, gain] of gains.slice(0, DEPTH).entries()) sum += gain / Math.log2(rank + 2);
  return sum;
}

function qualityOf(ranked: readonly string[], gains: ReadonlyMap<string, number>): Quality {
  const ndcg = (value: (gain: number) => number): number => {
    const ideal = discounted([...gains.values()].map(value).toSorted((one, other) => other - one));
    return discounted(ranked.map((id) => value(gains.get(id) ?? 0))) / ideal;
  };
  const found = ranked.filter((id) => (gains.get(id) ?? 0) > 0).length;
  return {
    linearNdcg: ndcg((gain) => gain),
    exponentialNdcg: ndcg((gain) => 2 ** gain - 1),
    recall: found / gains.size,
  };
}

function report(label: string, qualities: readonly Quality[]): void {
  const mean = (field: keyof Quality): string =>
    (qualities.reduce((sum, quality) => sum + quality[field], 0) / qualities.length).toFixed(4);
  process.stdout.write(
    `${label.padEnd(12)} ${String(qualities.length).padStart(4)} queries  nDCG@10 ${mean('linearNdcg')} ` +
      `(gains 2^g-1: ${mean('exponentialNdcg')})  recall@10 ${mean('recall')}\n`,
  );
}

async function main(folder: string): Promise<void> {
  const library = createDocumentLibrary({ freshMilliseconds: 0 });
  const setting = { folder: resolve(folder, 'docs') };
  const started = performance.now();
  const documents = await library.open(setting);
  const indexed = performance.now();
  await library.open(setting);
  const checkedAgain = performance.now();

  const judgements = readJudgements(folder);
  const judged = readQueries(folder).flatMap(({ id, text }) => {
    const gains = judgements.get(id);
    return gains === undefined ? [] : [{ text, gains }];
  });
  const searching = performance.now();
  const ranked = judged.map(({ text, gains }) => ({ gains, ids: rankDocuments(documents, text) }));
  const searched = performance.now();

  const qualities = ranked.map(({ ids, gains }) => qualityOf(ids, gains));
  report('all', qualities);
  report(
    'odd',
    qualities.filter((_, index) => index % 2 === 0),
  );
  report(
    'even',
    qualities.filter((_, index) => index % 2 === 1),
  );
  process.stdout.write(
    `${documents.paths.length} documents, ${documents.passages} passages: read and indexed in ` +
      `${(indexed - started).toFixed(0)} ms, found unchanged in ${(checkedAgain - indexed).toFixed(0)} ms, ` +
      `${((searched - searching) / judged.length).toFixed(2)} ms a query\n`,
  );
}

const collection = process.argv[2] ?? process.env['RETRIEVAL_COLLECTION'];
if (collection === undefined || !existsSync(join(collection, 'qrels.tsv'))) {
  process.stderr.write(
    collection === undefined
      ? 'Name the folder of a judged collection: node bench/retrieval-quality.ts <folder>\n'
      : `${collection} holds no qrels.tsv: it must have docs/<id>.txt, queries.jsonl and qrels.tsv\n`,
  );
  process.exitCode = 2;
} else {
  await main(collection);
}
