export { ERRORS, type ErrorCode, type ErrorKind, type ErrorSpec } from './errors.ts';
export {
  FINAL_TASK_STATES,
  TASK_STATES,
  cancelTaskSchema,
  errorRecordSchema,
  limitsSchema,
  resolveTaskSchema,
  submitTaskSchema,
  taskOutputSchema,
  taskSchema,
  taskStateSchema,
  waitingSchema,
  type ResolveTask,
  type SubmitTask,
  type TaskState,
  type TaskView,
  type Waiting,
} from './tasks.ts';
export {
  EXECUTION_STATUSES,
  STEP_KINDS,
  STEP_STATUSES,
  cancelExecutionSchema,
  eventSchema,
  executionDetailSchema,
  executionSchema,
  forkExecutionSchema,
  replaySchema,
  stepSchema,
  usageSchema,
  type EventView,
  type ExecutionDetail,
  type ExecutionView,
  type ForkExecution,
  type ReplayReport,
  type StepView,
} from './executions.ts';
export {
  agentDefinitionSchema,
  agentDiffQuerySchema,
  agentDiffSchema,
  agentListSchema,
  agentNameSchema,
  agentSchema,
  agentSummarySchema,
  agentVersionListSchema,
  agentVersionSchema,
  agentVersionSummarySchema,
  definitionChangeSchema,
  diffLineSchema,
  listAgentsQuerySchema,
  setAliasSchema,
  type AgentDefinition,
  type AgentDefinitionInput,
  type AgentDiff,
  type AgentSummary,
  type AgentVersionSummary,
  type AgentVersionView,
  type AgentView,
  type DefinitionChange,
  type DiffLine,
  type ListAgentsQuery,
  type SetAlias,
} from './agents.ts';
export {
  createKeySchema,
  createdKeySchema,
  keySchema,
  roleSchema,
  type CreateKey,
  type CreatedKey,
  type KeyView,
} from './keys.ts';
export { conversationMessageSchema, conversationSchema, type ConversationView } from './conversations.ts';
export { pageOf, pageQuerySchema, type PageView } from './page.ts';
export { problemSchema, type Problem } from './problem.ts';
export {
  deepHealthSchema,
  dependencySchema,
  healthSchema,
  modelProviderSchema,
  modelsSchema,
  systemSchema,
  toolSchema,
  type DeepHealthView,
  type HealthView,
  type ModelsView,
  type SystemView,
  type ToolView,
} from './system.ts';
export {
  ephemeralEventSchema,
  streamEndSchema,
  type EphemeralView,
  type StreamEnd,
  type TaskStreamItem,
} from './task-stream.ts';
export {
  USAGE_GROUPS,
  usageItemSchema,
  usageQuerySchema,
  usageReportSchema,
  type UsageGroup,
  type UsageItem,
  type UsageQuery,
  type UsageReport,
} from './usage.ts';
export type { HttpMethod, Route } from './route.ts';
export {
  ROUTES,
  type ParsedBody,
  type ParsedParams,
  type ParsedQuery,
  type RouteBody,
  type RouteName,
  type RouteParams,
  type RouteQuery,
  type RouteResponse,
  type Routes,
} from './routes.ts';
export { EPHEMERAL_EVENTS, positionSchema } from './routes/tasks.ts';
export { ApiError } from './api-error.ts';
export { ServerSentEventParser, type ServerSentEvent } from './event-source.ts';
export type { FollowOptions } from './event-streams.ts';
export type { CallOptions, ClientOptions } from './transport.ts';
export { createClient, type Client } from './client.ts';
