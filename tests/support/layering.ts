import { basename, dirname } from 'node:path/posix';

import { cyclesOf } from './import-cycles.ts';
import type { ModuleImport, SourceModule } from './source-modules.ts';

/** The layers of the product, lowest first; a file imports its own layer or a lower one. */
const LAYERS: readonly (readonly string[])[] = [
  ['packages/contract/src/'],
  ['src/utils/'],
  ['src/kernel/', 'src/config/'],
  ['src/data/', 'src/security/', 'src/observability/'],
  ['src/core/'],
  ['src/ai/'],
  ['src/protocols/'],
  ['src/api/'],
  ['src/roles/'],
  ['src/container.ts'],
  ['src/factory/', 'src/main.ts', 'src/index.ts', 'src/cli/'],
];
/** Areas whose folders are slices. */
const SLICED = /^src\/(core|ai|security|data|protocols)\/[^/]+\//;
const CONFIG_READERS = [
  'src/config/',
  'src/api/',
  'src/roles/',
  'src/cli/',
  'src/factory/',
  'src/container.ts',
  'src/main.ts',
  'src/index.ts',
];
const SQL_PACKAGES = /^(pg|pg-boss|kysely)(\/|$)/;
const SQL_PORT = 'src/kernel/ports/database.ts';
const CONTRACT = 'packages/contract/';
const CONTRACT_PACKAGES = ['zod'];

export interface Finding {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** What the rules are asked about: one import of one file, in the tree of all files. */
interface Question {
  readonly from: string;
  readonly imported: ModuleImport;
  readonly files: ReadonlySet<string>;
}

/** Each answers what is wrong with an import, or nothing. */
type Rule = (question: Question & { readonly to: string }) => string | undefined;

/** Rules about files of the product that import files of this tree. */
const FILE_RULES: Readonly<Record<string, Rule>> = {
  layer: ({ from, to }) => {
    const [own, other] = [layerOf(from), layerOf(to)];
    if (other === undefined) return 'is no part of the product';
    return own !== undefined && other > own ? 'is of a higher layer' : undefined;
  },
  data: ({ from, to }) =>
    to.startsWith('src/data/') && !isIn(from, ['src/data/', 'src/roles/', 'src/container.ts'])
      ? 'is for container.ts and roles alone; take the port of kernel/ports'
      : undefined,
  config: ({ from, to }) =>
    to.startsWith('src/config/') && !isIn(from, CONFIG_READERS)
      ? 'is read above the core only; take the setting as a dependency'
      : undefined,
  slice: ({ from, to, files }) => {
    // The package's entry takes what it exports from the files themselves: a program that only
    // defines agents and tools loads nothing else.
    if (from === 'src/index.ts') return undefined;
    const slice = sliceOf(to, { from, files });
    return slice === undefined || to === `${slice}/index.ts` ? undefined : `is inside ${slice}: import its index.ts`;
  },
  protocol: ({ from, to }) => (isOtherFolder('src/protocols/', from, to) ? 'is another protocol' : undefined),
  contract: ({ from, to, imported }) =>
    to.startsWith(CONTRACT) && !from.startsWith(CONTRACT) && imported.specifier.startsWith('.')
      ? 'is the contract: import #contract'
      : undefined,
  utils: ({ from, to }) =>
    from.startsWith('src/utils/') && !to.startsWith('src/utils/') ? 'is not for utils, which know nothing' : undefined,
  sql: ({ from, to }) => (to === SQL_PORT && mayNotTouchSql(from) ? 'is for the pg-* files of a slice' : undefined),
  barrel: ({ from, imported }) =>
    imported.kind === 're-export' && basename(from) !== 'index.ts'
      ? 'is passed on by a file that is no index.ts'
      : undefined,
};

/** Rules about packages that files of the product import. */
const PACKAGE_RULES: Readonly<Record<string, Rule>> = {
  sql: ({ from, to }) =>
    SQL_PACKAGES.test(to) && mayNotTouchSql(from) ? 'is for the pg-* files of a slice' : undefined,
  contract: ({ from, to }) =>
    from.startsWith(CONTRACT) && !CONTRACT_PACKAGES.includes(to)
      ? 'is not for the contract, which runs wherever there is fetch'
      : undefined,
  utils: ({ from, to }) =>
    from.startsWith('src/utils/') && !to.startsWith('node:') ? 'is not for utils, which have no dependency' : undefined,
  computed: ({ imported }) => (imported.kind === 'computed' ? 'cannot be followed: write the name out' : undefined),
};

/**
 * Checks the layers, slices and cycles of a tree.
 * @param modules every module of it, as `readModules` gives them
 * @param exists whether a file that an import names is there (data files are no modules)
 */
export function checkLayering(modules: readonly SourceModule[], exists: (file: string) => boolean): readonly Finding[] {
  const files = new Set(modules.map(({ file }) => file));
  return [
    ...modules.flatMap(checkModule),
    ...modules.flatMap(({ file, imports }) =>
      imports.flatMap((imported) => checkImport({ from: file, imported, files }, exists)),
    ),
    ...checkSlices(files),
    ...checkCycles(modules),
  ];
}

function checkModule({ file, error, imports }: SourceModule): Finding[] {
  if (error !== undefined) return [{ rule: 'unreadable', file, line: 1, message: error }];
  if (isProduct(file) && layerOf(file) === undefined) {
    return [{ rule: 'area', file, line: 1, message: 'is in no area of the product' }];
  }
  return imports
    .filter(({ kind }) => kind === 'export-all')
    .map(({ specifier, line }) => ({ rule: 'export-all', file, line, message: `exports all of ${specifier}` }));
}

function checkImport(question: Question, exists: (file: string) => boolean): Finding[] {
  const { from, imported } = question;
  const { target, line } = imported;
  const to = target ?? imported.specifier;
  const finding = (rule: string, message: string): Finding => ({ rule, file: from, line, message: `${to} ${message}` });
  if (target !== undefined && !exists(target)) {
    return imported.kind === 'path' ? [] : [finding('unresolved', 'is not there')];
  }
  if (to.startsWith('tests/') && !isIn(from, ['bench/']) && !isTest(from)) return [finding('tests', 'is for tests')];
  if (!isProduct(from)) return [];
  return Object.entries(target === undefined ? PACKAGE_RULES : FILE_RULES).flatMap(([rule, check]) => {
    const message = check({ ...question, to });
    return message === undefined ? [] : [finding(rule, message)];
  });
}

/** Every slice has its index.ts, else the rule about slices would have nothing to hold on to. */
function checkSlices(files: ReadonlySet<string>): Finding[] {
  const slices = new Set([...files].filter(isProduct).flatMap((file) => SLICED.exec(file)?.[0] ?? []));
  return [...slices]
    .filter((slice) => !files.has(`${slice}index.ts`))
    .map((slice) => ({ rule: 'slice', file: slice, line: 1, message: 'has no index.ts' }));
}

function checkCycles(modules: readonly SourceModule[]): Finding[] {
  const graph = new Map(
    modules.map(({ file, imports }) => [
      file,
      imports.flatMap(({ kind, target }) => (target === undefined || kind === 'path' ? [] : [target])),
    ]),
  );
  return cyclesOf(graph).map((members) => ({
    rule: 'cycle',
    file: members[0] ?? '',
    line: 1,
    message: `is in a cycle: ${members.join(', ')}`,
  }));
}

function layerOf(file: string): number | undefined {
  const index = LAYERS.findIndex((places) => isIn(file, places));
  return index < 0 ? undefined : index;
}

/** The outermost folder with an index.ts that holds `to` and not `from`. */
function sliceOf(to: string, { from, files }: Pick<Question, 'from' | 'files'>): string | undefined {
  let slice: string | undefined;
  for (let folder = dirname(to); folder.includes('/') && !from.startsWith(`${folder}/`); folder = dirname(folder)) {
    if (files.has(`${folder}/index.ts`)) slice = folder;
  }
  return slice;
}

function isOtherFolder(area: string, from: string, to: string): boolean {
  if (!from.startsWith(area) || !to.startsWith(area)) return false;
  return from.slice(area.length).split('/')[0] !== to.slice(area.length).split('/')[0];
}

function mayNotTouchSql(file: string): boolean {
  return /^src\/(core|ai|security)\//.test(file) && !basename(file).startsWith('pg-');
}

function isIn(file: string, places: readonly string[]): boolean {
  return places.some((place) => (place.endsWith('/') ? file.startsWith(place) : file === place));
}

function isTest(file: string): boolean {
  return file.startsWith('tests/') || file.endsWith('.test.ts');
}

/** Code that ships: what is checked in full. */
function isProduct(file: string): boolean {
  return (file.startsWith('src/') || file.startsWith('packages/')) && !isTest(file);
}
