import { agentNameSchema } from '#contract';

import type { TenantId } from '../../kernel/ids.ts';
import { agentNotFound } from './agent-errors.ts';
import type { AgentLookup, AgentRecord } from './agent-queries.ts';

interface Named {
  readonly tenantId: TenantId;
  readonly name: string;
}

/** @throws AppError AGENT_NOT_FOUND, with the names most like this one */
export async function existingAgent(lookup: AgentLookup, named: Named): Promise<AgentRecord> {
  return existing(lookup, { ...named, read: async () => lookup.find(named.tenantId, named.name) });
}

/** What `read` finds of an agent; it is not called for what can be no name. @throws AppError AGENT_NOT_FOUND */
export async function existing<Found>(
  lookup: AgentLookup,
  { tenantId, name, read }: Named & { readonly read: () => Promise<Found | undefined> },
): Promise<Found> {
  const found = agentNameSchema.safeParse(name).success ? await read() : undefined;
  if (found === undefined) throw agentNotFound(name, await lookup.names(tenantId));
  return found;
}
