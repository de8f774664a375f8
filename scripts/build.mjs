// `npm run build`: compiles into dist/, which has the same inner layout as the clone (src, packages,
// migrations, docs), so that a path relative to a source file means the same in both.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { ensureInstalled, NODE, ROOT } from './install.mjs';
import { run } from './run.mjs';

const DIST = path.join(ROOT, 'dist');

await ensureInstalled();
rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST);
const compiler = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const code = await run(NODE, [compiler, '-p', 'tsconfig.build.json'], { cwd: ROOT });
if (code === 0) {
  copyData();
  writeManifest();
}
process.exitCode = code;

/** Everything in src/ that is not TypeScript (data, pages), and what the program reads at run time. */
function copyData() {
  for (const folder of ['src', 'migrations', 'docs']) {
    cpSync(path.join(ROOT, folder), path.join(DIST, folder), {
      recursive: true,
      filter: (file) => !/\.tsx?$/.test(file),
    });
  }
}

/** `#contract` and `type: module` for the compiled files; Node reads the nearest package.json. */
function writeManifest() {
  const { name, version, type, license } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const imports = { '#contract': './packages/contract/src/index.js' };
  const manifest = { name, version, private: true, type, license, imports };
  writeFileSync(path.join(DIST, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
