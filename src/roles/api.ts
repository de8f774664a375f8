import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { createApi, toApiSettings } from '../api/index.ts';
import type { FactoryParts } from './factory-parts.ts';
import { createPgIdempotencyStore } from '../data/idempotency/index.ts';
import { AppError } from '../kernel/errors.ts';
import { createHealthChecks } from '../observability/index.ts';
import type { RestServices } from '../protocols/rest/index.ts';
import { createAuthorizer } from '../security/authorization/index.ts';
import { writeDurably } from '../utils/durable-file.ts';
import { errorCode } from '../utils/error-code.ts';
import { packageVersion } from '../utils/package-root.ts';
import type { RunningRole } from './running-role.ts';
import type { Security } from './security.ts';

/** Where a running api tells the command line of its address. */
const SERVER_FILE = 'server.json';

/**
 * Serves HTTP; `close` drains it. @throws AppError PORT_IN_USE, CONFIGURATION_INVALID
 */
export async function startApi(
  parts: FactoryParts,
  security: Security,
): Promise<RunningRole & { readonly url: string }> {
  const { configuration, logger, metrics, clock, database } = parts;
  const app = createApi({
    settings: toApiSettings(configuration),
    services: await restServices(parts, security),
    authenticate: (authorization, facts) => security.authenticator.authenticate(authorization, facts),
    idempotencyStore: createPgIdempotencyStore({ queries: database.queries }),
    logger,
    metrics,
    clock,
  });
  const { HOST, PORT, DATA_DIR } = configuration;
  let url: string;
  try {
    url = await app.listen({ host: HOST, port: PORT });
  } catch (error) {
    await app.close();
    throw listenError(error, configuration);
  }
  const file = join(DATA_DIR, SERVER_FILE);
  await writeDurably({
    path: file,
    temporaryPath: `${file}.${process.pid}`,
    content: `${JSON.stringify({ url, pid: process.pid })}\n`,
  });
  return {
    url,
    close: async () => {
      await rm(file, { force: true });
      await app.close();
      security.authenticator.close();
    },
  };
}

/** What a failed listen means. */
export function listenError(
  error: unknown,
  { HOST, PORT }: { readonly HOST: string; readonly PORT: number },
): AppError {
  const code = errorCode(error);
  if (code === 'EADDRINUSE') {
    return new AppError(
      'PORT_IN_USE',
      `port ${PORT} of ${HOST} is in use by another process; choose another with PORT`,
      {
        details: { host: HOST, port: PORT },
        cause: error,
      },
    );
  }
  return new AppError('CONFIGURATION_INVALID', `HOST, PORT: ${HOST}:${PORT} cannot be listened on (${String(code)})`, {
    cause: error,
  });
}

async function restServices(parts: FactoryParts, { keys }: Security): Promise<RestServices> {
  const { agents, tasks, taskQueries, executions, executionQueries, tools, models } = parts;
  const { configuration, database, eventStore, eventBus, blobStore, clock } = parts;
  const product = await databaseProduct(parts);
  return {
    agents,
    tasks,
    taskQueries,
    executions,
    executionQueries,
    keys,
    tools,
    models,
    eventStore,
    eventBus,
    authorizer: createAuthorizer(),
    system: {
      version: packageVersion(),
      startedAt: clock.now(),
      dataFolder: configuration.DATA_DIR,
      database: product,
    },
    health: createHealthChecks({
      pingDatabase: () => databaseProduct(parts),
      eventStore,
      blobStore,
      inspectJobQueue: async () => {
        const { rows } = await database.pool.query<{
          count: string;
        }>(`SELECT count(*) AS count FROM pgboss.job WHERE name = 'advance' AND state = 'created'`);
        return `${rows[0]?.count ?? '0'} jobs wait`;
      },
      models,
    }),
  };
}

/** Such as `embedded PostgreSQL 18.4`. */
export async function databaseProduct({ database }: Pick<FactoryParts, 'database'>): Promise<string> {
  const { rows } = await database.pool.query<{ server_version: string }>('SHOW server_version');
  const version = rows[0]?.server_version.split(' ', 1)[0] ?? '';
  return `${database.mode === 'embedded' ? 'embedded ' : ''}PostgreSQL ${version}`;
}
