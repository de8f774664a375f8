import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Client, createClient } from '#contract';

import { errorCode } from '../../src/utils/error-code.ts';
import { OpenApiValidator } from './openapi-validator.ts';
import { untilGone } from './owner-process.ts';
import { type Program, type ProgramCall, type ProgramEnd, runProgram, startProgram } from './program.ts';

/** The last line that a factory tells once it is ready. */
export const READY = '  stop   Ctrl-C\n';

/** A folder of its own, in which factories are started and commands run. */
export interface Workplace {
  readonly folder: string;
  readonly dataDir: string;
  /** `pygent …` to its end, with what is piped in. */
  readonly pygent: (argv: readonly string[], stdin?: string) => Promise<ProgramEnd>;
  /** `pygent up` on a free port; answers when it is ready. */
  readonly up: (
    environment?: Readonly<Record<string, string>>,
    call?: Pick<ProgramCall, 'prefix'>,
  ) => Promise<FactoryProcess>;
  /** Kills what is still alive and removes the folder. */
  readonly clear: () => Promise<void>;
}

/** `pygent up` as a process of its own. */
export interface FactoryProcess extends Program {
  readonly url: string;
  /** The admin key. */
  readonly key: string;
  /** Pid of its PostgreSQL. */
  readonly postmaster: number;
  /** With the admin key; every answer is checked against /openapi.json. */
  readonly client: Client;
  /** The same for requests of any kind. */
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
  readonly validator: OpenApiValidator;
  /** SIGTERM, and waits for the end of it and its database. */
  readonly stop: () => Promise<ProgramEnd>;
  /** kill -9, likewise. */
  readonly kill: () => Promise<void>;
}

export function openWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'pygent-e2e-'));
  const dataDir = join(folder, '.pygent');
  const started: FactoryProcess[] = [];
  return {
    folder,
    dataDir,
    pygent: (argv, stdin) => runProgram({ argv, folder, ...(stdin === undefined ? {} : { stdin }) }),
    // oxlint-disable-next-line max-params -- the environment is what most starts are about
    up: async (environment = {}, call = {}) => {
      // One that a failed test has left would hold the folder.
      for (const factory of started) await factory.kill();
      const program = startProgram({ argv: ['up'], folder, environment: { PORT: '0', ...environment }, ...call });
      await program.until(READY);
      // With a prefix it may see another file system than we do.
      const root = call.prefix === undefined ? '' : join('/proc', String(program.child.pid), 'root');
      const factory = await factoryProcess(program, join(root, dataDir));
      started.push(factory);
      return factory;
    },
    clear: async () => {
      for (const factory of started) await factory.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function factoryProcess(program: Program, dataDir: string): Promise<FactoryProcess> {
  const { url } = JSON.parse(readFileSync(join(dataDir, 'server.json'), 'utf8')) as { url: string };
  const key = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim();
  const postmaster = postmasterOf(dataDir);
  const validator = new OpenApiValidator(await (await fetch(`${url}/openapi.json`)).json());
  const request = checkedFetch({ url, key, validator });
  let isOver = false;
  const end = async (signal: NodeJS.Signals): Promise<ProgramEnd> => {
    program.child.kill(signal);
    const ended = await program.ended;
    // Once it was, the pid may be anybody's.
    if (postmaster > 0 && !isOver) await untilGone(postmaster);
    isOver = true;
    return ended;
  };
  return {
    ...program,
    url,
    key,
    postmaster,
    validator,
    request,
    client: createClient({ baseUrl: '', key, fetch: (path, init) => request(path as string, init) }),
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
  };
}

function checkedFetch({
  url: baseUrl,
  key,
  validator,
}: Pick<FactoryProcess, 'url' | 'key' | 'validator'>): FactoryProcess['request'] {
  return async (path, init = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${key}`);
    const response = await fetch(baseUrl + path, { redirect: 'manual', ...init, headers });
    const contentType = response.headers.get('content-type') ?? '';
    if (contentType.startsWith('text/event-stream')) return response;
    const body = await response.clone().text();
    const url = new URL(path, baseUrl).pathname;
    validator.check({ method: init.method ?? 'GET', url, status: response.status, contentType, body });
    return response;
  };
}

/** 0 where the database is not the embedded one. */
function postmasterOf(dataDir: string): number {
  const postgres = join(dataDir, 'postgres');
  try {
    for (const version of readdirSync(postgres).filter((name) => /^\d+$/.test(name))) {
      return Number.parseInt(readFileSync(join(postgres, version, 'data', 'postmaster.pid'), 'utf8'), 10);
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  return 0;
}
