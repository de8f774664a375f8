import { createApi, toApiSettings } from '../api/index.ts';
import type { FactoryParts } from './factory-parts.ts';
import { createPgIdempotencyStore } from '../data/idempotency/index.ts';
import { addProjectionMetrics, createHealthChecks } from '../observability/index.ts';
import type { RestServices } from '../protocols/rest/index.ts';
import { createAuthorizer } from '../security/authorization/index.ts';
import { packageVersion } from '../utils/package-root.ts';
import { listenError } from './listen-error.ts';
import type { RunningRole } from './running-role.ts';
import type { Security } from './security.ts';
import { removeServerFile, writeServerFile } from './server-file.ts';

/**
 * Serves HTTP; `close` drains it. @throws AppError PORT_IN_USE, CONFIGURATION_INVALID
 */
export async function startApi(
  parts: FactoryParts,
  security: Security,
): Promise<RunningRole & { readonly url: string }> {
  const { configuration, logger, metrics, clock, database } = parts;
  addProjectionMetrics({ registry: metrics.registry, lags: parts.projectionLags, now: () => clock.now() });
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
  await writeServerFile(DATA_DIR, { url, pid: process.pid });
  return {
    url,
    close: async () => {
      removeServerFile(DATA_DIR, process.pid);
      await app.close();
      security.authenticator.close();
    },
  };
}

async function restServices(parts: FactoryParts, { keys }: Security): Promise<RestServices> {
  const { agents, tasks, taskQueries, executions, executionQueries, usageQueries, tools, models } = parts;
  const { configuration, database, eventStore, eventBus, blobStore, clock } = parts;
  const product = await databaseProduct(parts);
  return {
    agents,
    tasks,
    taskQueries,
    executions,
    executionQueries,
    usageQueries,
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
      projectionLags: parts.projectionLags,
      now: () => clock.now(),
    }),
  };
}

/** Such as `embedded PostgreSQL 18.4`. */
export async function databaseProduct({ database }: Pick<FactoryParts, 'database'>): Promise<string> {
  const { rows } = await database.pool.query<{ server_version: string }>('SHOW server_version');
  const version = rows[0]?.server_version.split(' ', 1)[0] ?? '';
  return `${database.mode === 'embedded' ? 'embedded ' : ''}PostgreSQL ${version}`;
}
