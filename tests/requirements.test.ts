import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { REQUIREMENTS } from './requirements.ts';

const ROOT = join(import.meta.dirname, '..');
/** Tests lie in these folders; what `tests/` holds beside them are suites for several implementations. */
const FOLDERS = ['src', 'packages', 'scripts', 'examples', 'tests'];
const ID = /\bR(?:-[A-Z0-9]+){2,}\b/g;

/** The ids that tests cite, each with the files that do. */
function citations(): ReadonlyMap<string, readonly string[]> {
  const cited = new Map<string, string[]>();
  for (const file of testFiles()) {
    for (const [id] of readFileSync(join(ROOT, file), 'utf8').matchAll(ID)) {
      cited.set(id, [...(cited.get(id) ?? []), file]);
    }
  }
  return cited;
}

function testFiles(): readonly string[] {
  const tree = readdirSync(ROOT, { withFileTypes: true }).filter(({ name }) => FOLDERS.includes(name));
  return tree
    .flatMap(({ name }) =>
      readdirSync(join(ROOT, name), { recursive: true, encoding: 'utf8' }).map((file) => join(name, file)),
    )
    .filter((file) => file.endsWith('.test.ts') || (file.startsWith(join('tests', '')) && file.endsWith('.ts')))
    .filter((file) => !/node_modules|^tests[\\/]requirements/.test(file));
}

describe('the promises', () => {
  const cited = citations();
  const entries = Object.entries(REQUIREMENTS);

  it('have ids of one form', () => {
    expect(entries.map(([id]) => id).filter((id) => id.match(ID)?.[0] !== id)).toEqual([]);
  });

  it('are each held by a test, or marked as open', () => {
    expect(entries.filter(([id, { open }]) => open !== true && !cited.has(id)).map(([id]) => id)).toEqual([]);
  });

  it('are not marked as open when a test holds them: remove the mark', () => {
    const held = entries.filter(([id, { open }]) => open === true && cited.has(id));
    expect(held.map(([id]) => `${id} is cited by ${cited.get(id)?.join(', ')}`)).toEqual([]);
  });

  it('are the only ones that tests cite', () => {
    const unknown = [...cited].filter(([id]) => !(id in REQUIREMENTS));
    expect(unknown.map(([id, files]) => `${id} in ${files.join(', ')}`)).toEqual([]);
  });
});
