// Runs a program as if it stood in our place: its streams, our signals, its exit code.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * @param {string} file program to run
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; 128 + the signal's number when a signal ended it
 */
// oxlint-disable-next-line max-params -- as node:child_process has it
export function run(file, args, options = {}) {
  const child = spawn(file, args, { stdio: 'inherit', ...options });
  // A terminal sends SIGINT to the whole group, so the child has it already; we only stay alive for its end.
  const onTerminal = process.stdin.isTTY;
  const listeners = FORWARDED.map((signal) => {
    const listener = () => {
      if (!(onTerminal && signal === 'SIGINT')) child.kill(signal);
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const stop of listeners) stop();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}
