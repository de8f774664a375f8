import type { AgentDefinition, AgentSummary, AgentVersionSummary, ListAgentsQuery } from '#contract';
import { agentNameSchema } from '#contract';
import { type SelectQueryBuilder, sql } from 'kysely';
import { z } from 'zod';

import type { CallContext } from '../../kernel/call-context.ts';
import { decodeCursor, encodeCursor } from '../../kernel/cursor.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Database, Queries } from '../../kernel/ports/database.ts';
import { aliasesOf } from './agent.ts';
import { versionNotFound } from './agent-errors.ts';
import type { AgentQueries, AgentRecord } from './agent-queries.ts';
import { existing, existingAgent } from './existing-agent.ts';
import { createPgAgentLookup } from './pg-agent-lookup.ts';

const MOST_VERSION = 2_147_483_647;
const listCursor = z.strictObject({ agent: agentNameSchema });
const versionCursor = z.strictObject({ version: z.int().min(1).max(MOST_VERSION) });

const SUMMARY = [
  'agents.name',
  'agents.version',
  'agents.status',
  'agents.description',
  'agents.tags',
  'agents.capabilities',
  'agents.aliases',
  'agents.created_at',
  'agents.updated_at',
] as const;

/** Answers from the tables that `agentsProjection` keeps in the transaction of each append. */
export function createPgAgentQueries(queries: Queries): AgentQueries {
  const lookup = createPgAgentLookup(queries);
  const agentOf = async ({ tenantId }: CallContext, name: string) => existingAgent(lookup, { tenantId, name });
  return {
    ...lookup,
    list: async (context, query) => list(queries, { context, query }),
    async get({ tenantId }, name) {
      const select = withNewest(queries)
        .select([...SUMMARY, 'agents.stream_version', 'agent_versions.definition'])
        .where('agents.tenant_id', '=', tenantId)
        .where('agents.name', '=', name);
      const row = await existing(lookup, { tenantId, name, read: async () => select.executeTakeFirst() });
      const view = { ...toSummary(row), definition: row.definition as AgentDefinition };
      return { view, revision: row.stream_version };
    },
    // oxlint-disable-next-line max-params -- an agent, and which of its versions
    versions: async (context, name, page) => versions(queries, { context, page, agent: await agentOf(context, name) }),
    // oxlint-disable-next-line max-params -- an agent, and which of its versions
    async version(context, name, version) {
      const agent = await agentOf(context, name);
      // Numbers beyond those there are may be beyond those the database knows.
      if (version < 1 || version > agent.version) throw versionNotFound({ ...agent, wanted: version });
      const row = await queries
        .selectFrom('agent_versions')
        .select(['name', 'version', 'definition_hash', 'created_at', 'created_by', 'definition'])
        .where('tenant_id', '=', context.tenantId)
        .where('name', '=', name)
        .where('version', '=', version)
        .executeTakeFirstOrThrow();
      return { ...toVersionSummary(agent, row), definition: row.definition as AgentDefinition };
    },
  };
}

/** Each agent with its newest version. */
function withNewest(queries: Queries) {
  return queries
    .selectFrom('agents')
    .innerJoin('agent_versions', (join) =>
      join
        .onRef('agent_versions.tenant_id', '=', 'agents.tenant_id')
        .onRef('agent_versions.name', '=', 'agents.name')
        .onRef('agent_versions.version', '=', 'agents.version'),
    );
}

async function list(
  queries: Queries,
  { context, query }: { readonly context: CallContext; readonly query: ListAgentsQuery },
): Promise<Page<AgentSummary>> {
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, listCursor);
  // No text in PostgreSQL holds a NUL, so nothing is found by one.
  if ([query.name, query.tag, query.capability, query.text].some((wanted) => wanted?.includes('\0'))) {
    return { items: [] };
  }
  let select = filtered(withNewest(queries).select(SUMMARY), query).where('agents.tenant_id', '=', context.tenantId);
  if (after !== undefined) select = select.where('agents.name', '>', after.agent);
  const rows = await select
    .orderBy('agents.name')
    .limit(query.limit + 1)
    .execute();
  return toPage(rows.map(toSummary), { limit: query.limit, cursor: ({ name }) => ({ agent: name }) });
}

type FromAgents<Row> = SelectQueryBuilder<Database, 'agents' | 'agent_versions', Row>;

function filtered<Row>(select: FromAgents<Row>, query: ListAgentsQuery): FromAgents<Row> {
  const { name, tag, capability, text } = query;
  const words = text?.split(/\s+/).filter((word) => word !== '') ?? [];
  let result = select;
  if (name !== undefined) result = result.where(sql<boolean>`strpos(agents.name, ${name.toLowerCase()}) > 0`);
  if (tag !== undefined) result = result.where(sql<boolean>`agents.tags @> ARRAY[${tag}]::text[]`);
  if (capability !== undefined)
    result = result.where(sql<boolean>`agents.capabilities @> ARRAY[${capability}]::text[]`);
  if (words.length > 0) {
    result = result.where(
      // The names' own collation knows the letters of ASCII only.
      sql<boolean>`concat_ws(' ', agents.name, agents.description, agent_versions.definition->>'instructions')
        COLLATE "default" ILIKE ALL (${words.map((word) => `%${asLiteral(word)}%`)}::text[])`,
    );
  }
  return result;
}

/** A pattern of LIKE that matches nothing but the text itself. */
function asLiteral(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}

async function versions(
  queries: Queries,
  { context, page, agent }: { readonly context: CallContext; readonly page: PageRequest; readonly agent: AgentRecord },
): Promise<Page<AgentVersionSummary>> {
  const before = page.cursor === undefined ? undefined : decodeCursor(page.cursor, versionCursor);
  const rows = await queries
    .selectFrom('agent_versions')
    .select(['name', 'version', 'definition_hash', 'created_at', 'created_by'])
    .where('tenant_id', '=', context.tenantId)
    .where('name', '=', agent.name)
    .where('version', '<', before?.version ?? MOST_VERSION)
    .orderBy('version', 'desc')
    .limit(page.limit + 1)
    .execute();
  const found = rows.map((row) => toVersionSummary(agent, row));
  return toPage(found, { limit: page.limit, cursor: ({ version }) => ({ version }) });
}

/** The page of a list that was read one item too far. */
function toPage<Item>(
  items: readonly Item[],
  { limit, cursor }: { readonly limit: number; readonly cursor: (last: Item) => Record<string, string | number> },
): Page<Item> {
  const last = items[limit - 1];
  if (items.length <= limit || last === undefined) return { items };
  return { items: items.slice(0, limit), nextCursor: encodeCursor(cursor(last)) };
}

interface SummaryRow extends Pick<AgentRecord, 'name' | 'version' | 'status' | 'aliases'> {
  readonly description: string;
  readonly tags: string[];
  readonly capabilities: string[];
  readonly created_at: Date;
  readonly updated_at: Date;
}

function toSummary(row: SummaryRow): AgentSummary {
  return {
    name: row.name,
    version: row.version,
    status: row.status,
    description: row.description,
    tags: row.tags,
    capabilities: row.capabilities,
    aliases: aliasesOf(row),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

interface VersionRow {
  readonly name: string;
  readonly version: number;
  readonly definition_hash: string;
  readonly created_at: Date;
  readonly created_by: string;
}

function toVersionSummary({ aliases }: AgentRecord, row: VersionRow): AgentVersionSummary {
  return {
    name: row.name,
    version: row.version,
    hash: row.definition_hash,
    aliases: Object.keys(aliases).filter((alias) => aliases[alias] === row.version),
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
  };
}
