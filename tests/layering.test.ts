import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { checkLayering, type Finding } from './support/layering.ts';
import { moduleExists, readModules, type SourceModule } from './support/source-modules.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['src', 'packages', 'tests', 'scripts', 'bin', 'bench', 'examples'];

/** A tree that keeps every rule, each in more than one way. */
const LEGAL: Readonly<Record<string, string>> = {
  'packages/contract/src/index.ts': `export { agent } from './agent.ts';`,
  'packages/contract/src/agent.ts': `import { z } from 'zod'; export const agent = z.string();`,
  'src/utils/json.ts': `import { join } from 'node:path'; export const json = join('a', 'b');`,
  'src/kernel/errors.ts': `import { agent } from '#contract'; import { json } from '../utils/json.ts'; export type Fault = typeof agent | typeof json;`,
  'src/kernel/ports/database.ts': `import type { Kysely } from 'kysely'; export type Queries = Kysely<object>;`,
  'src/config/index.ts': `export { port } from './settings.ts';`,
  'src/config/settings.ts': `import '../kernel/errors.ts'; export const port = 1;`,
  'src/data/storage/index.ts': `export { store } from './store.ts';`,
  'src/data/storage/store.ts': `import 'pg'; import '../../observability/index.ts'; export const store = 1;`,
  'src/observability/index.ts': `export type { Logger } from 'pino';`,
  'src/security/keys/index.ts': `export { keys } from './pg-keys.ts';`,
  'src/security/keys/pg-keys.ts': `import type { Queries } from '../../kernel/ports/database.ts'; export const keys = {} as Queries;`,
  'src/core/tools/index.ts': `export { tool } from './tool.ts';`,
  'src/core/tools/tool.ts': `import './validation/schema.ts'; export const tool = 1;`,
  'src/core/tools/validation/schema.ts': `import 'ajv';`,
  'src/core/agents/index.ts': `export { agents } from './agents.ts';`,
  'src/core/agents/agents.ts': `import { keys } from '../../security/keys/index.ts'; import { tool } from '../tools/index.ts'; export const agents = [keys, tool];`,
  'src/ai/llm/index.ts': `export { llm } from './llm.ts';`,
  'src/ai/llm/llm.ts': `import './vendors/index.ts'; export const llm = () => import('./vendor.ts');`,
  'src/ai/llm/vendor.ts': `export const prices = new URL('./prices.json', import.meta.url);`,
  'src/ai/llm/vendors/index.ts': `export { one } from './one.ts';`,
  'src/ai/llm/vendors/one.ts': `export const one = 1;`,
  'src/protocols/rest/index.ts': `export { rest } from './rest.ts';`,
  'src/protocols/rest/rest.ts': `import { llm } from '../../ai/llm/index.ts'; export const rest = llm;`,
  'src/api/index.ts': `export { api } from './api.ts';`,
  'src/api/api.ts': `import '../config/index.ts'; import '../protocols/rest/index.ts'; export const api = 1;`,
  'src/roles/worker.ts': `import '../data/storage/index.ts'; import '../api/index.ts';`,
  'src/container.ts': `import './data/storage/index.ts'; export const roles = () => import('./roles/worker.ts');`,
  'src/factory/open-factory.ts': `import '../container.ts'; import '../config/index.ts';`,
  'src/index.ts': `export { tool } from './core/tools/tool.ts';`,
  'src/main.ts': `import './factory/open-factory.ts'; import './cli/up.ts';`,
  'src/cli/up.ts': `import '#contract'; import '../config/index.ts';`,
  'src/core/tools/tool.test.ts': `import '../../../tests/support/tree.ts'; import '../../data/storage/store.ts'; import 'kysely';`,
  'tests/support/tree.ts': `import '../../src/ai/llm/llm.ts'; export const tree = './no-such.ts';`,
  'scripts/build.mjs': `import '../src/api/index.ts';`,
};

/** What is planted, in which file, and the rule that must find it there. */
const PLANTED: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['layer', 'src/kernel/upwards.ts', `import '../core/tools/index.ts';`],
  ['layer', 'src/core/tools/loads-ai.ts', `export const load = () => import('../../ai/llm/index.ts');`],
  ['layer', 'src/core/tools/types-ai.ts', `export type Ai = import('../../ai/llm/index.ts').Ai;`],
  [
    'layer',
    'src/protocols/rest/asks-api.ts',
    `import type { api } from '../../api/index.ts'; export type Api = typeof api;`,
  ],
  [
    'layer',
    'src/api/starts-role.ts',
    `const file = new URL('../roles/worker.ts', import.meta.url); export default file;`,
  ],
  ['layer', 'src/roles/opens-container.ts', `import '../container.ts';`],
  ['layer', 'src/api/runs-script.ts', `import '../../scripts/build.mjs';`],
  ['data', 'src/api/reads-data.ts', `import '../data/storage/index.ts';`],
  [
    'data',
    'src/cli/reads-data.ts',
    `import type { store } from '../data/storage/index.ts'; export type S = typeof store;`,
  ],
  ['config', 'src/core/tools/reads-config.ts', `import { port } from '../../config/index.ts'; export const p = port;`],
  ['slice', 'src/core/agents/reaches-in.ts', `import '../tools/tool.ts';`],
  ['slice', 'src/core/agents/reaches-deep.ts', `import '../tools/validation/schema.ts';`],
  ['slice', 'src/ai/llm/reaches-nested.ts', `import './vendors/one.ts';`],
  ['slice', 'src/cli/reaches-api.ts', `import '../api/api.ts';`],
  ['slice', 'src/core/memory/', ''],
  ['barrel', 'src/core/tools/barrel.ts', `export { schema } from './validation/schema.ts';`],
  ['export-all', 'src/core/memory/everything.ts', `export * from './memory.ts';`],
  ['export-all', 'src/security/keys/names.ts', `export * as all from './pg-keys.ts';`],
  ['sql', 'src/core/tools/sql.ts', `import { sql } from 'kysely'; export const q = sql;`],
  [
    'sql',
    'src/security/keys/keys.ts',
    `import { createRequire } from 'node:module'; createRequire(import.meta.url)('pg');`,
  ],
  [
    'sql',
    'src/ai/llm/queries.ts',
    `import type { Queries } from '../../kernel/ports/database.ts'; export type Q = Queries;`,
  ],
  ['protocol', 'src/protocols/a2a/index.ts', `import '../rest/index.ts';`],
  [
    'contract',
    'packages/contract/src/node.ts',
    `import { readFileSync } from 'node:fs'; export const read = readFileSync;`,
  ],
  ['layer', 'packages/contract/src/server.ts', `import '../../../src/utils/json.ts';`],
  ['contract', 'src/cli/by-path.ts', `import '../../packages/contract/src/index.ts';`],
  ['utils', 'src/utils/words.ts', `import '#contract';`],
  ['utils', 'src/utils/needs-package.ts', `import 'undici';`],
  ['tests', 'src/core/tools/helped.ts', `import '../../../tests/support/tree.ts';`],
  ['tests', 'scripts/helped.mjs', `await import('../tests/support/tree.ts');`],
  ['cycle', 'src/kernel/cycle-a.ts', `import type { b } from './cycle-b.ts'; export type A = typeof b;`],
  ['cycle', 'src/kernel/selfish.ts', `export const again = () => import('./selfish.ts');`],
  ['area', 'src/helpers/thing.ts', `export const thing = 1;`],
  ['unresolved', 'src/kernel/lost.ts', `import './gone.ts';`],
  ['computed', 'src/api/computed.ts', `export const load = (name: string) => import(\`./\${name}.ts\`);`],
  ['unreadable', 'src/api/broken.ts', `import { from './api.ts';`],
];
/** Files that planted ones need beside them. */
const COMPANIONS: Readonly<Record<string, string>> = {
  'src/core/memory/memory.ts': `export const memory = 1;`,
  'src/kernel/cycle-b.ts': `export const b = () => import('./cycle-c.ts');`,
  'src/kernel/cycle-c.ts': `import './cycle-a.ts';`,
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pygent-layering-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function check(root: string): readonly Finding[] {
  return checkLayering(readModules(root, FOLDERS), (file) => moduleExists(root, file));
}

function writeTree(name: string, files: Readonly<Record<string, string>>): string {
  const root = join(folder, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

// requirement: R-HOUSE-LAYERS
describe('the layering check', () => {
  it('finds nothing in a legal tree, of which it reads every module', () => {
    const root = writeTree('legal', { ...LEGAL, 'src/ai/llm/prices.json': '{}' });
    const read = readModules(root, FOLDERS).map(({ file }) => file);
    expect(read.toSorted()).toEqual(Object.keys(LEGAL).toSorted());
    expect(check(root)).toEqual([]);
  });

  it('finds each planted violation, by rule and file, and nothing else', () => {
    const planted = Object.fromEntries(
      PLANTED.filter(([, , text]) => text !== '').map(([, file, text]) => [file, text]),
    );
    const findings = check(writeTree('planted', { ...LEGAL, ...COMPANIONS, ...planted }));
    const found = findings.map(({ rule, file }) => `${rule} ${file}`);
    const expected = PLANTED.map(([rule, file]) => `${rule} ${file}`);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });

  it('says where a violation is', () => {
    const root = writeTree('place', { ...LEGAL, 'src/kernel/late.ts': `\n\nimport '../api/index.ts';` });
    expect(check(root)).toEqual([
      { rule: 'layer', file: 'src/kernel/late.ts', line: 3, message: 'src/api/index.ts is of a higher layer' },
    ]);
  });
});

describe('this tree', () => {
  const modules: readonly SourceModule[] = readModules(ROOT, FOLDERS);

  it('was read: many modules, and many imports among them', () => {
    expect(modules.length).toBeGreaterThan(200);
    const inside = modules.flatMap(({ imports }) => imports.filter(({ target }) => target !== undefined));
    expect(inside.length).toBeGreaterThan(500);
    expect(modules.map(({ file }) => file)).toContain('tests/layering.test.ts');
  });

  it('keeps the layers', () => {
    const findings = checkLayering(modules, (file) => moduleExists(ROOT, file));
    expect(findings.map(({ rule, file, line, message }) => `${rule}: ${file}:${line} ${message}`)).toEqual([]);
  });
});
