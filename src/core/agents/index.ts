export {
  agentDefinitionSchema,
  agentNameSchema,
  type AgentDefinition,
  type AgentDefinitionInput,
  type Limits,
} from './agent-definition.ts';
