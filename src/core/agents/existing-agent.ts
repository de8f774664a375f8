import { agentNameSchema } from '#contract';

import type { TenantId } from '../../kernel/ids.ts';
import { agentNotFound } from './agent-errors.ts';
import type { AgentLookup, AgentRecord } from './agent-queries.ts';

/** @throws AppError AGENT_NOT_FOUND, with the names most like this one */
export async function existingAgent(
  lookup: AgentLookup,
  { tenantId, name }: { readonly tenantId: TenantId; readonly name: string },
): Promise<AgentRecord> {
  const found = agentNameSchema.safeParse(name).success ? await lookup.find(tenantId, name) : undefined;
  if (found === undefined) throw agentNotFound(name, await lookup.names(tenantId));
  return found;
}
