import { createServer } from 'node:net';
import { constants } from 'node:os';

import type { Configuration } from '../config/index.ts';
import { openContainer } from '../container.ts';
import type { FactoryParts } from '../roles/factory-parts.ts';
import { AppError, toAppError } from '../kernel/errors.ts';
import { createLogger, type Logger } from '../observability/index.ts';
import { packageVersion } from '../utils/package-root.ts';
import { onStopSignal, type StopSignal } from '../utils/stop-signals.ts';
import { databaseProduct, startApi } from '../roles/api.ts';
import { listenError } from '../roles/listen-error.ts';
import type { RunningRole } from '../roles/running-role.ts';
import { installSampleAgents } from '../roles/sample-agents.ts';
import { startScheduler } from '../roles/scheduler.ts';
import { openSecurity, type Security } from '../roles/security.ts';
import { readServerFile } from '../roles/server-file.ts';
import { startWorker } from '../roles/worker.ts';

export const ROLES = ['api', 'worker', 'scheduler'] as const;
export type RoleName = (typeof ROLES)[number];

/** A second signal does not wait longer than this for the database to stop. */
const HASTE_MILLISECONDS = 3_000;

export interface UpOptions {
  readonly configuration: Configuration;
  /** Takes the lines that tell a person what runs where. */
  readonly out: (line: string) => void;
  /** All of them unless given. */
  readonly roles?: readonly string[];
}

/**
 * Runs the factory until it is told to stop (SIGINT, SIGTERM, SIGHUP), which may be while it starts; a second
 * signal ends it at once, with nothing but the database stopped in order.
 * @returns the exit code: 0 after a graceful stop, 1 where the database was lost
 * @throws AppError where it cannot start; nothing stays behind then
 */
export async function runUp(options: UpOptions): Promise<number> {
  const stop = listenForStop();
  try {
    return await run({ ...options, roles: checkedRoles(options.roles ?? ROLES) }, stop);
  } catch (error) {
    // The start was broken off; whatever was open by then is closed.
    if (stop.asked.aborted) return 0;
    throw error;
  }
}

async function run(
  { configuration, out, roles }: UpOptions & { readonly roles: readonly RoleName[] },
  stop: Stop,
): Promise<number> {
  if (roles.includes('api')) await assertPortFree(configuration);
  const logger = createLogger({ level: configuration.LOG_LEVEL, serviceVersion: packageVersion() });
  const parts = await openContainer({ configuration, logger, signal: stop.asked }).catch((error: unknown) => {
    throw withAddress(error, configuration);
  });
  stop.inHaste(() => parts.database.stopServer());
  const running: RunningRole[] = [];
  try {
    const security = await openSecurity(parts);
    await installSampleAgents(parts);
    stop.asked.throwIfAborted();
    if (roles.includes('worker')) running.push(await startWorker(parts));
    if (roles.includes('scheduler')) running.push(startScheduler(parts));
    const api = roles.includes('api') ? await startApi(parts, security) : undefined;
    if (api !== undefined) running.push(api);
    stop.asked.throwIfAborted();
    for (const line of await report(parts, { security, url: api?.url, roles })) out(line);
    parts.database.onLost((error) => stop.because(error));
    const reason = await stop.requested;
    if (reason !== undefined) out(`Stopping: ${reason.message}`);
    return reason === undefined ? 0 : 1;
  } finally {
    await closeAll([...running.toReversed(), parts], logger);
  }
}

/** Closes one after the other, whatever the one before says: with the database lost, none can take leave of it. */
async function closeAll(open: readonly RunningRole[], logger: Logger): Promise<void> {
  for (const part of open) {
    try {
      await part.close();
    } catch (error) {
      logger.warn({ err: toAppError(error) }, 'a part could not be closed properly');
    }
  }
}

function checkedRoles(roles: readonly string[]): readonly RoleName[] {
  const unknown = roles.find((role) => !(ROLES as readonly string[]).includes(role));
  if (unknown === undefined) return roles as readonly RoleName[];
  throw new AppError('CONFIGURATION_INVALID', `role: there is no role ${unknown}; use ${ROLES.join(', ')}`);
}

/** Found out before anything is opened, so that a busy port or a wrong address costs nothing. */
async function assertPortFree(configuration: Configuration): Promise<void> {
  const { HOST, PORT } = configuration;
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ host: HOST, port: PORT }, resolve);
    });
  } catch (error) {
    throw listenError(error, configuration);
  }
  await new Promise<void>((resolve) => {
    probe.close(() => resolve());
  });
}

/** Where a factory holds the folder, its address is what the caller wants to know. */
function withAddress(error: unknown, { DATA_DIR }: Configuration): unknown {
  if (!(error instanceof AppError && error.code === 'DATA_FOLDER_LOCKED')) return error;
  const { details, cause } = error;
  const running = readServerFile(DATA_DIR);
  if (running === undefined || running.pid !== details['pid']) return error;
  const message = `${error.message} It serves ${running.url}.`;
  return new AppError(error.code, message, { details: { ...details, url: running.url }, cause });
}

interface Stop {
  /** Resolves with why, or with nothing where a person asked. */
  readonly requested: Promise<AppError | undefined>;
  readonly because: (reason: AppError) => void;
  /** Aborted when a person asks. */
  readonly asked: AbortSignal;
  /** What a second signal does before it ends the process. */
  readonly inHaste: (stop: () => Promise<void>) => void;
}

function listenForStop(): Stop {
  const { promise, resolve } = Promise.withResolvers<AppError | undefined>();
  const asked = new AbortController();
  let stopInHaste: (() => Promise<void>) | undefined;
  let signals = 0;
  onStopSignal((signal) => {
    signals += 1;
    resolve(undefined);
    if (signals === 1) asked.abort(new AppError('SHUTTING_DOWN', 'the factory was told to stop'));
    else if (signals === 2) void leaveInHaste(signal, stopInHaste);
    else leave(signal);
  });
  return { requested: promise, because: resolve, asked: asked.signal, inHaste: (stop) => (stopInHaste = stop) };
}

async function leaveInHaste(signal: StopSignal, stop: (() => Promise<void>) | undefined): Promise<void> {
  setTimeout(() => leave(signal), HASTE_MILLISECONDS);
  // Whatever it says, the process ends.
  await stop?.().catch(() => undefined);
  leave(signal);
}

function leave(signal: StopSignal): never {
  process.exit(128 + constants.signals[signal]);
}

interface Started {
  readonly security: Security;
  readonly url: string | undefined;
  readonly roles: readonly RoleName[];
}

async function report(parts: FactoryParts, { security, url, roles }: Started): Promise<readonly string[]> {
  const { models, configuration } = parts;
  const { model, reason } = models.defaultModel;
  const { adminKey } = security;
  const name = model === 'local/rules' ? 'Local Rules (not an LLM)' : model;
  return [
    `PyGent Factory ${packageVersion()} is ready${url === undefined ? ` as ${roles.join(' and ')}` : ` at ${url}`}`,
    `  model  ${name}: ${reason}`,
    `  data   ${configuration.DATA_DIR} (${await databaseProduct(parts)})`,
    ...(adminKey.created ? [`  key    ${adminKey.key ?? ''} (kept in ${adminKey.file})`] : []),
    '  try    npx pygent run librarian "How does an execution survive kill -9?"',
    '  stop   Ctrl-C',
  ];
}
