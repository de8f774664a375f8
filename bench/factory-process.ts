import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';

const READY_LIMIT_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 5;

/** A factory that was started as a person starts it: `pygent up` on a data folder, at a free port. */
export interface FactoryProcess {
  readonly pid: number;
  readonly address: string;
  /** From the start of the process until /health/ready answered 200. */
  readonly readyMilliseconds: number;
  stop(): Promise<void>;
}

/**
 * Starts the compiled program as the published package does, and waits until it is ready.
 * @throws Error with what it printed where it ends, or isn't ready in time
 */
export async function startFactoryProcess(dataDir: string): Promise<FactoryProcess> {
  const program = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));
  const started = performance.now();
  const child = spawn(process.execPath, [program, 'up'], {
    env: { ...process.env, DATA_DIR: dataDir, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await printedAddress(child);
  await untilReady(address);
  const readyMilliseconds = performance.now() - started;
  if (child.pid === undefined) throw new Error('the factory has no pid');
  return {
    pid: child.pid,
    address,
    readyMilliseconds,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function printedAddress({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the output of the factory is not read');
  const printed: string[] = [];
  for await (const line of createInterface({ input: stdout })) {
    printed.push(line);
    const address = /http:\/\/[\d.:[\]a-z]+/.exec(line)?.[0];
    if (address !== undefined) {
      stdout.resume();
      return address;
    }
  }
  throw new Error(`the factory ended without an address:\n${printed.join('\n')}`);
}

async function untilReady(address: string): Promise<void> {
  const limit = performance.now() + READY_LIMIT_MILLISECONDS;
  while (performance.now() < limit) {
    const ready = await fetch(`${address}/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (ready) return;
    await delay(POLL_MILLISECONDS);
  }
  throw new Error(`the factory at ${address} was not ready in ${READY_LIMIT_MILLISECONDS / 1000} s`);
}
