// `npm test`: installs what is missing, then everything that must hold. The checks run first, side
// by side; the tests run last, so that the test runner's closing line ends the output.
// `npm run check` (--check) stops after the checks; other arguments go to the test runner.
import { spawn } from 'node:child_process';
import path from 'node:path';

import { ensureInstalled, NODE, ROOT } from './install.mjs';
import { linkBin } from './link-bin.mjs';
import { run } from './run.mjs';

/** Name, program of node_modules and its arguments. */
const CHECKS = [
  ['lint', 'oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']],
  ['format', 'oxfmt/bin/oxfmt', ['--check', '.']],
  ['types', 'typescript/bin/tsc', ['-p', '.']],
  ['knip', 'knip/bin/knip.js', ['--no-progress']],
];

await ensureInstalled();
linkBin();
const options = { cwd: ROOT, env: withOurNode(process.env) };
const rest = process.argv.slice(2);
const checksOnly = rest[0] === '--check';
const failed = await runChecks();
const tests = checksOnly ? 0 : await run(NODE, [program('vitest/vitest.mjs'), 'run', ...rest], options);
// Again behind the tests' own output, where it would otherwise be overlooked.
if (failed.length > 0 && !checksOnly) process.stderr.write(`Failed before the tests: ${failed.join(', ')}\n`);
process.exitCode = failed.length > 0 ? 1 : tests;

async function runChecks() {
  const results = await Promise.all(CHECKS.map((each) => check(each)));
  return results.filter((result) => result !== undefined);
}

/** Runs one check; prints its output only when it fails, and answers its name then. */
function check([name, file, args]) {
  const child = spawn(NODE, [program(file), ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve) => {
    const finish = (ok, reason) => {
      process.stdout.write(
        `${ok ? 'ok    ' : 'FAILED'} ${name}\n${ok ? '' : `${Buffer.concat(output).toString()}${reason}\n`}`,
      );
      resolve(ok ? undefined : name);
    };
    child.once('error', (error) => finish(false, error.message));
    child.once('close', (code, signal) => finish(code === 0, code === null ? `ended by ${signal}` : ''));
  });
}

function program(file) {
  return path.join(ROOT, 'node_modules', file);
}

/** Programs that are started by name must find the project's Node before the machine's. */
function withOurNode(environment) {
  const paths = [path.dirname(NODE), path.join(ROOT, 'node_modules', '.bin'), environment.PATH ?? ''];
  return { ...environment, PATH: paths.join(path.delimiter) };
}
