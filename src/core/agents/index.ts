export type { AgentDefinition, AgentDefinitionInput } from '#contract';
export { type AgentEvent, agentStream, type Limits } from './agent.ts';
export type { AgentChange } from './agent-changes.ts';
export {
  createAgentDirectory,
  type AgentDirectory,
  type AgentDirectoryDependencies,
  type ResolvedAgent,
} from './agent-directory.ts';
export type { AgentLookup, AgentQueries, AgentRecord, Revised } from './agent-queries.ts';
export { createAgentService, type AgentService, type AgentServiceDependencies } from './agent-service.ts';
export { defineAgent } from './parse-agent.ts';
export { createPgAgentQueries } from './pg-agent-queries.ts';
export { agentsProjection } from './pg-agents-projection.ts';
export type { KnownStrategies } from './validate-definition.ts';
