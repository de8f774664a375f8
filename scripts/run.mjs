// Runs a program as if it stood in our place: its streams, our signals, its exit code.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PARENT_CHECK_MILLISECONDS = 500;

/**
 * @param {string} file program to run
 * @param {readonly string[]} args
 * @param {object} [options] those of spawn; `onStart` is told the program's pid
 * @returns {Promise<number>} its exit code; 128 + the signal's number when a signal ended it
 */
// oxlint-disable-next-line max-params -- as node:child_process has it
export function run(file, args, { onStart, ...options } = {}) {
  const child = spawn(file, args, { stdio: 'inherit', ...options });
  if (child.pid !== undefined) onStart?.(child.pid);
  // A terminal sends SIGINT to the whole group, so the child has it already; we only stay alive for its end.
  const onTerminal = process.stdin.isTTY;
  let told = false;
  const listeners = FORWARDED.map((signal) => {
    const listener = () => {
      told = true;
      if (!(onTerminal && signal === 'SIGINT')) child.kill(signal);
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  // A second signal would end the child at once, in the middle of what it does at the first.
  const stopWatching = watchNpm(() => told || child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const stop of [...listeners, stopWatching]) stop();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/**
 * npm passes its signals to the shell between us, which dies of them and passes nothing on: that the parent is
 * another one by now is all that tells of it.
 * @param {() => void} onGone called once
 * @returns {() => void} how to stop watching
 */
function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return () => undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_CHECK_MILLISECONDS);
  return () => clearInterval(timer);
}
