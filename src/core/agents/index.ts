export {
  agentDefinitionSchema,
  agentNameSchema,
  limitsSchema,
  type AgentDefinition,
  type AgentDefinitionInput,
  type Limits,
} from './agent-definition.ts';
