import type { AgentDefinition } from '#contract';
import { type Selectable, sql } from 'kysely';

import type { AgentsTable, Queries } from '../../kernel/ports/database.ts';
import { Batcher } from '../../utils/batcher.ts';
import { aliasesOf } from './agent.ts';
import type { AgentLookup, AgentRecord } from './agent-queries.ts';

const SUMMARY = ['name', 'version', 'status', 'aliases', 'stream_version', 'created_at', 'updated_at'] as const;
const MOST_NAMES = 1_000;

/** Versions that a name or an alias can mean now. */
const REACHABLE = sql<boolean>`(
  agent_versions.version = agents.version
  OR EXISTS (SELECT FROM json_each_text(agents.aliases) AS alias WHERE alias.value::int = agent_versions.version)
)`;

const keyOf = (tenantId: string, name: string): string => `${tenantId}\n${name}`;

async function readAgents(queries: Queries, keys: readonly string[]) {
  const tenants = keys.map((key) => key.slice(0, key.indexOf('\n')));
  const names = keys.map((key) => key.slice(key.indexOf('\n') + 1));
  const rows = await queries
    .selectFrom('agents')
    .select(['tenant_id', ...SUMMARY])
    .where(sql<boolean>`(tenant_id, name) IN (SELECT * FROM unnest(${tenants}::text[], ${names}::text[]))`)
    .execute();
  return new Map(rows.map((row) => [keyOf(row.tenant_id, row.name), row]));
}

/** Looks agents up in the tables that `agentsProjection` keeps in the transaction of each append. */
export function createPgAgentLookup(queries: Queries): AgentLookup {
  // Asked for by every submission, so that many at once share a query.
  const summaries = new Batcher({ load: (keys) => readAgents(queries, keys) });
  return {
    async find(tenantId, name) {
      const row = await summaries.get(keyOf(tenantId, name));
      return row === undefined ? undefined : toRecord(row);
    },
    async definition(tenantId, { name, version }) {
      const row = await queries
        .selectFrom('agent_versions')
        .select('definition')
        .where('tenant_id', '=', tenantId)
        .where('name', '=', name)
        .where('version', '=', version)
        .executeTakeFirst();
      return row?.definition as AgentDefinition | undefined;
    },
    async names(tenantId) {
      const rows = await queries
        .selectFrom('agents')
        .select('name')
        .where('tenant_id', '=', tenantId)
        .orderBy('name')
        .limit(MOST_NAMES)
        .execute();
      return rows.map((row) => row.name);
    },
    async delegatesOf(tenantId, names) {
      const rows = await reachableVersions(queries)
        .select(['agents.name', sql<string[]>`agent_versions.definition->'delegates'`.as('delegates')])
        .where('agents.tenant_id', '=', tenantId)
        .where(sql<boolean>`agents.name = ANY(${names}::text[])`)
        .execute();
      const found = new Map<string, string[]>();
      for (const { name, delegates } of rows) found.set(name, [...(found.get(name) ?? []), ...delegates]);
      return found;
    },
    async delegatorsOf(tenantId, name) {
      const rows = await reachableVersions(queries)
        .select('agents.name')
        .distinct()
        .where('agents.tenant_id', '=', tenantId)
        .where('agents.name', '<>', name)
        .where('agents.status', '=', 'enabled')
        .where(sql<boolean>`(agent_versions.definition->'delegates')::jsonb ? ${name}`)
        .orderBy('agents.name')
        .execute();
      return rows.map((row) => row.name);
    },
  };
}

type RecordRow = Omit<Selectable<AgentsTable>, 'tenant_id' | 'description' | 'tags' | 'capabilities'>;

function toRecord(row: RecordRow): AgentRecord {
  return {
    name: row.name,
    version: row.version,
    status: row.status,
    aliases: aliasesOf(row),
    revision: row.stream_version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function reachableVersions(queries: Queries) {
  return queries
    .selectFrom('agents')
    .innerJoin('agent_versions', (join) =>
      join
        .onRef('agent_versions.tenant_id', '=', 'agents.tenant_id')
        .onRef('agent_versions.name', '=', 'agents.name')
        .on(REACHABLE),
    );
}
