import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';

import {
  type AgentDirectory,
  type AgentQueries,
  agentsProjection,
  type AgentService,
  type AgentServiceDependencies,
  createAgentDirectory,
  createAgentService,
  createPgAgentQueries,
  type KnownStrategies,
} from '../../src/core/agents/index.ts';
import { createToolRegistry, defineTool } from '../../src/core/tools/index.ts';
import { createLocalEventBus } from '../../src/data/event-bus/index.ts';
import { createPgEventStore, type PgEventStore } from '../../src/data/event-store/index.ts';
import { openLocalBlobStore } from '../../src/data/storage/index.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { invalidInput } from '../../src/kernel/parse-input.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

/** A registry of agents over a database of its own, with the tool `now`, the model `local/rules` and `react`. */
export interface AgentRegistry {
  readonly database: TestDatabase;
  readonly store: PgEventStore;
  readonly queries: AgentQueries;
  readonly service: AgentService;
  /** What the service was made of. */
  readonly dependencies: AgentServiceDependencies;
  readonly directory: AgentDirectory;
  /** Unfinished tasks by the name of their agent. */
  readonly unfinished: Map<string, number>;
  close(): Promise<void>;
}

const now = defineTool({
  name: 'now',
  description: 'The time.',
  effect: 'read',
  parameters: { type: 'object' },
  execute: () => '',
});

const react: KnownStrategies = {
  get: (name) =>
    name === 'react'
      ? {
          parseParameters: (parameters) => {
            if (typeof parameters['steps'] !== 'string') return parameters;
            throw invalidInput('the parameters of react', [{ path: 'steps', message: 'expected number' }]);
          },
        }
      : undefined,
  names: () => ['react'],
};

export async function openAgentRegistry(): Promise<AgentRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'pygent-agents-'));
  const database = await createTestDatabase();
  const store = await openStore(database, folder);
  const queries = createPgAgentQueries(database.queries);
  const unfinished = new Map<string, number>();
  const dependencies: AgentServiceDependencies = {
    eventStore: store,
    queries,
    models: {
      assertKnown: (model) => {
        if (model !== 'local/rules') throw new AppError('MODEL_NOT_FOUND', `there is no model ${model}`);
      },
    },
    tools: createToolRegistry([now]),
    strategies: react,
    unfinishedTasks: async (_tenantId, name) => unfinished.get(name) ?? 0,
  };
  const service = createAgentService(dependencies);
  const directory = createAgentDirectory({ lookup: queries });
  const close = async () => {
    await store.close();
    await database.close();
    rmSync(folder, { recursive: true });
  };
  return { database, store, queries, service, dependencies, directory, unfinished, close };
}

async function openStore(database: TestDatabase, folder: string): Promise<PgEventStore> {
  return createPgEventStore({
    pool: database.pool,
    openClient: async () => {
      const client = new Client({ ...database.connection, pipeline: true });
      await client.connect();
      return client;
    },
    blobs: await openLocalBlobStore(folder),
    bus: createLocalEventBus(),
    clock: systemClock,
    projections: [agentsProjection],
  });
}
