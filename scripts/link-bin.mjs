// Makes `npx pygent` work in a clone: npm links the programs of dependencies, not of the root package.
import { chmodSync, existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const TARGET = '../../bin/pygent.mjs';

/** Puts `pygent` beside the programs of the dependencies; does nothing where there are none. */
export function linkBin() {
  const folder = path.join(ROOT, 'node_modules', '.bin');
  if (!existsSync(path.join(ROOT, 'node_modules'))) return;
  mkdirSync(folder, { recursive: true });
  if (process.platform === 'win32') {
    writeFileSync(path.join(folder, 'pygent.cmd'), '@node "%~dp0\\..\\..\\bin\\pygent.mjs" %*\r\n');
    return;
  }
  const link = path.join(folder, 'pygent');
  if (isLinkTo(link, TARGET)) return;
  rmSync(link, { force: true });
  symlinkSync(TARGET, link);
  chmodSync(path.join(ROOT, 'bin', 'pygent.mjs'), 0o755);
}

function isLinkTo(link, target) {
  const found = lstatSync(link, { throwIfNoEntry: false });
  return found?.isSymbolicLink() === true && readlinkSync(link) === target;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) linkBin();
