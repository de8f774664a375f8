import type { SqlStatement } from '../../kernel/ports/database.ts';
import type { InlineProjection, ProjectedEvent } from '../../kernel/projection.ts';
import type { AgentAliasRemoved, AgentAliasSet, AgentCreated, AgentEvent } from './agent.ts';

const HANDLES: readonly AgentEvent['type'][] = [
  'AgentCreated',
  'AgentVersionCreated',
  'AgentAliasSet',
  'AgentAliasRemoved',
  'AgentDisabled',
  'AgentEnabled',
  'AgentDeleted',
];

/**
 * The agents there are, and every version there ever was: those of deleted agents stay, because
 * executions are pinned to them. `aliases` holds the ones that were set; readers add `live`.
 */
export const agentsProjection: InlineProjection = {
  name: 'agents',
  handles: HANDLES,
  tables: ['agents', 'agent_versions'],
  project: (events) => events.flatMap((recorded) => statements(recorded)),
};

function statements(recorded: ProjectedEvent): readonly SqlStatement[] {
  const event = { type: recorded.type, data: recorded.data } as unknown as AgentEvent;
  switch (event.type) {
    case 'AgentCreated':
      return [insertVersion(recorded, event.data), insertAgent(recorded, event.data)];
    case 'AgentVersionCreated':
      return [insertVersion(recorded, event.data), updateAgent(recorded, event.data)];
    case 'AgentAliasSet':
      return [setAlias(recorded, event.data)];
    case 'AgentAliasRemoved':
      return [removeAlias(recorded, event.data)];
    case 'AgentDisabled':
    case 'AgentEnabled':
      return [setStatus(recorded, event)];
    case 'AgentDeleted':
      return [deleteAgent(recorded, event.data.name)];
    default:
      event satisfies never;
      return [];
  }
}

type NewVersion = AgentCreated['data'];

function insertVersion({ tenantId, metadata, recordedAt }: ProjectedEvent, data: NewVersion): SqlStatement {
  return {
    name: 'agents-insert-version',
    text: `INSERT INTO agent_versions (tenant_id, name, version, definition, definition_hash, created_at, created_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    values: [tenantId, data.name, data.version, JSON.stringify(data.definition), data.hash, recordedAt, metadata.actor],
  };
}

function insertAgent(recorded: ProjectedEvent, { name, version, definition }: NewVersion): SqlStatement {
  const { description, tags, capabilities } = definition;
  return {
    name: 'agents-insert',
    text: `INSERT INTO agents (tenant_id, name, stream_version, updated_at, version, description, tags, capabilities,
             status, aliases, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'enabled', '{}', $4)`,
    values: [...place(recorded, name), version, description, tags, capabilities],
  };
}

function updateAgent(recorded: ProjectedEvent, { name, version, definition }: NewVersion): SqlStatement {
  const { description, tags, capabilities } = definition;
  return {
    name: 'agents-update',
    text: `UPDATE agents SET stream_version = $3, updated_at = $4, version = $5, description = $6, tags = $7,
             capabilities = $8
           WHERE tenant_id = $1 AND name = $2`,
    values: [...place(recorded, name), version, description, tags, capabilities],
  };
}

function setAlias(recorded: ProjectedEvent, { name, alias, version }: AgentAliasSet['data']): SqlStatement {
  return {
    name: 'agents-set-alias',
    text: `UPDATE agents SET stream_version = $3, updated_at = $4,
             aliases = (aliases::jsonb || jsonb_build_object($5::text, $6::int))::json
           WHERE tenant_id = $1 AND name = $2`,
    values: [...place(recorded, name), alias, version],
  };
}

function removeAlias(recorded: ProjectedEvent, { name, alias }: AgentAliasRemoved['data']): SqlStatement {
  return {
    name: 'agents-remove-alias',
    text: `UPDATE agents SET stream_version = $3, updated_at = $4, aliases = (aliases::jsonb - $5::text)::json
           WHERE tenant_id = $1 AND name = $2`,
    values: [...place(recorded, name), alias],
  };
}

function setStatus(recorded: ProjectedEvent, event: AgentEvent): SqlStatement {
  return {
    name: 'agents-set-status',
    text: `UPDATE agents SET stream_version = $3, updated_at = $4, status = $5 WHERE tenant_id = $1 AND name = $2`,
    values: [...place(recorded, event.data.name), event.type === 'AgentDisabled' ? 'disabled' : 'enabled'],
  };
}

function deleteAgent({ tenantId }: ProjectedEvent, name: string): SqlStatement {
  return {
    name: 'agents-delete',
    text: 'DELETE FROM agents WHERE tenant_id = $1 AND name = $2',
    values: [tenantId, name],
  };
}

/** The first four values of every statement that touches an agent's row. */
function place({ tenantId, version, recordedAt }: ProjectedEvent, name: string): unknown[] {
  return [tenantId, name, version, recordedAt];
}
