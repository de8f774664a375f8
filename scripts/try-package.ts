// Packs the package, installs the tarball in an empty folder as its user would, and runs it there:
// node scripts/try-package.ts
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..');
const READY_MILLISECONDS = 60_000;
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

const LIBRARY = `
import { createFactory, defineAgent, defineTool } from 'pygent-factory';
for (const made of [createFactory, defineAgent, defineTool]) if (typeof made !== 'function') throw new Error(String(made));
`;

const folder = mkdtempSync(join(tmpdir(), 'pygent-package-'));
const app = join(folder, 'app');
try {
  mkdirSync(app);
  installTarball();
  const shown = npm(['exec', '--', 'pygent', '--version'], app).trim();
  if (!shown.includes(version)) throw new Error(`pygent --version says ${shown}, not ${version}`);
  tryLibrary();
  await tryFactory();
  console.log(`pygent-factory ${version} installs, shows its version, loads as a library, starts and stops`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Into a folder with nothing but a manifest, so that npm takes none further up. */
function installTarball(): void {
  const [tarball] = npm(['pack', '--silent', '--pack-destination', folder], ROOT).trim().split('\n').slice(-1);
  writeFileSync(join(app, 'package.json'), '{ "private": true, "type": "module" }');
  npm(['install', '--no-audit', '--no-fund', '--loglevel=error', join(folder, tarball ?? '')], app);
}

/** The program runs, and its types are found. */
function tryLibrary(): void {
  writeFileSync(join(app, 'program.ts'), LIBRARY);
  const options = { cwd: app, stdio: 'inherit' } as const;
  execFileSync(process.execPath, ['program.ts'], options);
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024'];
  execFileSync(
    process.execPath,
    [compiler, ...flags, '--typeRoots', join(ROOT, 'node_modules', '@types'), 'program.ts'],
    options,
  );
}

/** Starts it on a free port and a new data folder, asks whether it is ready, and stops it. */
async function tryFactory(): Promise<void> {
  const child = spawn(process.execPath, [join(app, 'node_modules', 'pygent-factory', 'bin', 'pygent.mjs'), 'up'], {
    cwd: app,
    env: { ...process.env, PORT: '0', DATA_DIR: join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_MILLISECONDS);
  try {
    const address = await addressIn(child.stdout);
    const response = await fetch(`${address}/health/ready`);
    if (!response.ok) throw new Error(`${address}/health/ready answers ${response.status}`);
    child.kill('SIGTERM');
    const [code, signal] = await exit;
    if (code !== 0) throw new Error(`pygent up ended with ${signal ?? code} on SIGTERM`);
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
}

/** The first address of this machine in the lines. */
async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  let printed = '';
  for await (const line of createInterface({ input: output })) {
    printed += `${line}\n`;
    const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`pygent up ended without an address:\n${printed}`);
}

/** The machine's npm, with the machine's Node before ours: as the user has it. */
function npm(args: readonly string[], cwd: string): string {
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((each) => !each.startsWith(ROOT))
    .join(delimiter);
  // What `npm run` sets for its scripts would lead another npm back into the clone.
  const outer = /^npm_(lifecycle|package|command|config_local_prefix)/;
  const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !outer.test(name)));
  return execFileSync('npm', args, {
    cwd,
    env: { ...rest, PATH: path },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
