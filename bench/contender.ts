import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { Round, RoundAnswer } from './contender-process.ts';

/** Longest that a process may take to be ready, and longest for one round. */
const LIMIT_MILLISECONDS = 120_000;

/** A contender in a process of its own, so that none has to live with another's heap and compiled code. */
export interface RunningContender {
  /**
   * Plays a round; answers its milliseconds.
   * @throws Error where an answer was wrong, the tool was not called once a step, or the process ended.
   */
  play(round: Round): Promise<number>;
  close(): Promise<void>;
}

/** Starts a contender's program (a path from this folder) and waits until it is ready. */
export async function startContender(program: string, argument = ''): Promise<RunningContender> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = fork(path, [argument], { execArgv: ['--expose-gc'] });
  await nextMessage(child, program);
  return {
    async play(round) {
      child.send(round);
      const answer = (await nextMessage(child, program)) as RoundAnswer;
      if ('error' in answer) throw new Error(`${program}, ${JSON.stringify(round)}: ${answer.error}`);
      return answer.milliseconds;
    },
    async close() {
      const ended = once(child, 'exit');
      child.send({ end: true });
      const [code] = (await ended) as [number | null];
      if (code !== 0) throw new Error(`${program} ended with code ${code}`);
    },
  };
}

async function nextMessage(child: ChildProcess, program: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const onExit = (code: number | null): void => reject(new Error(`${program} ended with code ${code}`));
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    reject(new Error(`${program} gave no answer for ${LIMIT_MILLISECONDS / 1000} s`));
  }, LIMIT_MILLISECONDS);
  child.once('message', resolve).once('exit', onExit);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.off('message', resolve).off('exit', onExit);
  }
}
