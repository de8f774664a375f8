/**
 * What the sample agent with Local Rules cites on a judged collection.
 *   node bench/librarian-quality.ts <folder> [--show]
 * The folder is one of bench/retrieval-quality.ts. Asks every judged query, and prints how often the
 * agent answers, how often its first citation and any of its citations is relevant (gain 1 and more),
 * and the same for the first hit of the search itself.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { createDocumentLibrary, type PassageHit } from '../src/ai/rag/index.ts';
import { createLibrarian, type Turn } from '../tests/local-rules/agent-loop.ts';

interface Outcome {
  readonly turn: Turn;
  readonly text: string;
  readonly cited: readonly string[];
  readonly searched: readonly string[];
  readonly relevant: ReadonlySet<string>;
}

function readRelevant(folder: string): ReadonlyMap<string, ReadonlySet<string>> {
  const relevant = new Map<string, Set<string>>();
  for (const line of readFileSync(join(folder, 'qrels.tsv'), 'utf8').trim().split('\n').slice(1)) {
    const [query = '', document = '', gain = ''] = line.split('\t');
    if (Number(gain) >= 1) relevant.set(query, (relevant.get(query) ?? new Set()).add(document));
  }
  return relevant;
}

const documentOf = (path: string): string => String(Number.parseInt(path, 10));

async function outcomes(folder: string): Promise<readonly Outcome[]> {
  const relevant = readRelevant(folder);
  const ask = createLibrarian({
    library: createDocumentLibrary({ freshMilliseconds: 60_000 }),
    folder: resolve(folder, 'docs'),
  });
  const queries = readFileSync(join(folder, 'queries.jsonl'), 'utf8').trim().split('\n');
  const found: Outcome[] = [];
  for (const line of queries) {
    const { id, text } = JSON.parse(line) as { readonly id: string; readonly text: string };
    const judged = relevant.get(id);
    if (judged === undefined) continue;
    const turn = await ask(text);
    const cited = [...turn.answer.matchAll(/\[(?<path>[^\]:]+):\d+(?:-\d+)?\]/gu)].map((match) =>
      documentOf(match.groups?.['path'] ?? ''),
    );
    const hits = turn.uses.flatMap(({ output }) => (output as unknown as { results?: PassageHit[] }).results ?? []);
    found.push({ turn, text, cited, searched: hits.map(({ path }) => documentOf(path)), relevant: judged });
  }
  return found;
}

function shareOf(all: readonly Outcome[], is: (outcome: Outcome) => boolean): string {
  const count = all.filter(is).length;
  return `${((100 * count) / all.length).toFixed(1)}% (${count}/${all.length})`;
}

const firstIsRelevant = ({ cited, relevant }: Outcome): boolean => relevant.has(cited[0] ?? '');
const anyIsRelevant = ({ cited, relevant }: Outcome): boolean => cited.some((id) => relevant.has(id));

async function main(words: readonly string[]): Promise<void> {
  const folder = words.find((word) => !word.startsWith('--'));
  if (folder === undefined)
    throw new Error('Name the folder of the collection: node bench/librarian-quality.ts <folder>');
  const started = performance.now();
  const all = await outcomes(folder);
  const milliseconds = (performance.now() - started) / all.length;
  const answered = all.filter(({ cited }) => cited.length > 0);
  console.log(`answers with a citation      ${shareOf(all, ({ cited }) => cited.length > 0)}`);
  console.log(`first citation relevant      ${shareOf(answered, firstIsRelevant)} of the answers`);
  console.log(`any citation relevant        ${shareOf(answered, anyIsRelevant)} of the answers`);
  console.log(
    `all citations relevant       ${shareOf(answered, ({ cited, relevant }) => cited.every((id) => relevant.has(id)))} of the answers`,
  );
  console.log(
    `first hit of the search      ${shareOf(all, ({ searched, relevant }) => relevant.has(searched[0] ?? ''))}`,
  );
  console.log(
    `any hit of the search        ${shareOf(all, ({ searched, relevant }) => searched.some((id) => relevant.has(id)))}`,
  );
  console.log(`${milliseconds.toFixed(1)} ms a question`);
  if (words.includes('--show'))
    for (const { text, turn } of all.slice(0, 12))
      console.log(`\n? ${text}\n${JSON.stringify(turn.uses.map(({ tool, input }) => [tool, input]))}\n${turn.answer}`);
}

await main(process.argv.slice(2));
