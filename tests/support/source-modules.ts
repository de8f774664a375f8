import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';

import { parseSync } from 'oxc-parser';

/** One mention of another module. */
export interface ModuleImport {
  /** `path` is a relative file name in a string, as `new URL` and worker programs have it. */
  readonly kind: 'import' | 're-export' | 'export-all' | 'path' | 'computed';
  /** As written; empty where it is computed. */
  readonly specifier: string;
  /** The file meant, from the root of the tree; undefined for a package and for a computed one. */
  readonly target?: string;
  readonly line: number;
}

export interface SourceModule {
  /** From the root of the tree. */
  readonly file: string;
  readonly imports: readonly ModuleImport[];
  /** What the parser says of it, where it can't be read. */
  readonly error?: string;
}

/** What a specifier that begins with `#` stands for (the `imports` of package.json). */
const ALIASES: Readonly<Record<string, string>> = { '#contract': 'packages/contract/src/index.ts' };

/** Reads every module under the folders of a tree, with what it imports in whatever way. */
export function readModules(root: string, folders: readonly string[]): readonly SourceModule[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .map((name) => join(folder, name.replaceAll('\\', '/')))
        .filter((file) => /\.m?[jt]sx?$/.test(file) && !file.includes('/node_modules/'))
        .toSorted(),
    )
    .map((file) => readModule(root, file));
}

/** Whether a file that an import names is there. */
export function moduleExists(root: string, file: string): boolean {
  return existsSync(join(root, file));
}

function readModule(root: string, file: string): SourceModule {
  const text = readFileSync(join(root, file), 'utf8');
  const { program, errors } = parseSync(file, text);
  const found = new Map<number, Mention>();
  collect(program as unknown as SyntaxNode, found);
  const imports = [...found].map(([start, { kind, specifier }]): ModuleImport => {
    const target = targetOf(specifier, file);
    const line = text.slice(0, start).split('\n').length;
    return { kind, specifier, line, ...(target === undefined ? {} : { target }) };
  });
  const [error] = errors;
  return { file, imports, ...(error === undefined ? {} : { error: error.message }) };
}

function targetOf(specifier: string, file: string): string | undefined {
  if (/^\.{1,2}(\/|$)/.test(specifier)) return join(dirname(file), specifier);
  return specifier.startsWith('#') ? (ALIASES[specifier] ?? specifier) : undefined;
}

type Mention = Pick<ModuleImport, 'kind' | 'specifier'>;

interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

/** Where each kind of node that names a module has the name. */
const MENTIONS: Readonly<Record<string, { readonly field: string; readonly kind: ModuleImport['kind'] }>> = {
  ImportDeclaration: { field: 'source', kind: 'import' },
  ImportExpression: { field: 'source', kind: 'import' },
  TSImportType: { field: 'source', kind: 'import' },
  TSExternalModuleReference: { field: 'expression', kind: 'import' },
  ExportNamedDeclaration: { field: 'source', kind: 're-export' },
  ExportAllDeclaration: { field: 'source', kind: 'export-all' },
};

/** Gathers what a syntax tree mentions, by the position of the name: outer nodes come first and win. */
function collect(node: SyntaxNode, found: Map<number, Mention>): void {
  const name = nameNode(node);
  if (name !== undefined && !found.has(name.node.start)) {
    const specifier = textOf(name.node);
    found.set(name.node.start, {
      kind: specifier === undefined ? 'computed' : name.kind,
      specifier: specifier ?? '',
    });
  }
  for (const child of Object.values(node).flat()) if (isNode(child)) collect(child, found);
}

function nameNode(node: SyntaxNode): { readonly node: SyntaxNode; readonly kind: ModuleImport['kind'] } | undefined {
  const mention = MENTIONS[node.type];
  if (mention !== undefined) {
    const name = node[mention.field];
    return isNode(name) ? { node: name, kind: mention.kind } : undefined;
  }
  if (node.type === 'CallExpression' && isRequire(node['callee'])) {
    const [name] = node['arguments'] as readonly SyntaxNode[];
    return name === undefined ? undefined : { node: name, kind: 'import' };
  }
  const text = textOf(node) ?? '';
  return /^\.{1,2}\/.*\.m?[jt]sx?$/.test(text) ? { node, kind: 'path' } : undefined;
}

/** `require` itself, or `createRequire(…)` called at once. */
function isRequire(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'CallExpression') return isNamed(callee['callee'], 'createRequire');
  return isNamed(callee, 'require');
}

function isNamed(node: unknown, name: string): boolean {
  return isNode(node) && node.type === 'Identifier' && node['name'] === name;
}

/** The text of a string, or of a template without expressions. */
function textOf(node: SyntaxNode): string | undefined {
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : undefined;
  if (node.type !== 'TemplateLiteral' || (node['expressions'] as readonly unknown[]).length > 0) return undefined;
  const [quasi] = node['quasis'] as readonly { readonly value: { readonly cooked: string } }[];
  return quasi?.value.cooked;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
