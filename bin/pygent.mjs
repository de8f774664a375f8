#!/usr/bin/env node
// Finds a Node that can run the factory, then runs it. This file itself runs on Node 18 and newer.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const SOURCE = path.join(ROOT, 'src', 'main.ts');
/** A clone runs its sources, the published package what was built from them. */
const MAIN = existsSync(SOURCE) ? SOURCE : path.join(ROOT, 'dist', 'src', 'main.js');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 18)) {
  process.argv[1] = MAIN;
  await import(pathToFileURL(MAIN).href);
} else {
  const installed = findNode(ROOT);
  if (installed === undefined) {
    process.stderr.write(
      `pygent needs Node 22.18 or newer and this is ${process.versions.node}; getting Node 24 by \`npm exec node@24\` ...\n`,
    );
    await handOver('npm', ['exec', '--yes', '--package=node@24', '--', 'node', MAIN, ...process.argv.slice(2)]);
  } else {
    await handOver(installed, [MAIN, ...process.argv.slice(2)]);
  }
}

/** The Node that the npm package `node` brought, from this folder upwards. */
function findNode(from) {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', 'node', 'bin', file);
    if (existsSync(candidate)) return candidate;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/** Runs a program in our place: its streams, our signals, its exit code. */
function handOver(file, args) {
  // On Windows npm is a batch file, which only a shell can start.
  const shell = process.platform === 'win32' && file === 'npm';
  const child = spawn(file, args, { stdio: 'inherit', shell });
  // A terminal sends SIGINT to the whole group, so the child has it already.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`${file} could not be started: ${error.message}\n`);
      process.exitCode = 1;
      resolve();
    });
    child.once('exit', (code, signal) => {
      process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
      resolve();
    });
  });
}
