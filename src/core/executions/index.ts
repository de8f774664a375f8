export type {
  Approval,
  ApprovalRequest,
  CodeStep,
  ExecutionContext,
  ModelStep,
  ModelStepResult,
  SubTask,
  SubTaskResult,
  ToolStepResult,
} from './execution-context.ts';
export type { DurableFunction, FunctionInput, FunctionLookup, FunctionResult } from './durable-function.ts';
export type { ExecutionFilter, ExecutionQueries, ExecutionService } from './execution-service.ts';
export { createExecutionCommands, type ExecutionCommandsDependencies } from './execution-commands.ts';
export { type ExecutionEvent, executionStream } from './execution-events.ts';
export { ExecutionRun } from './execution-run.ts';
export { initialMessages, loadTask } from './initial-messages.ts';
export { createLoadExecution, type LoadedExecution, type LoadExecution } from './load-execution.ts';
export { createPgExecutionQueries, type PgExecutionQueriesDependencies } from './pg-execution-queries.ts';
export { executionsProjection } from './pg-executions-projection.ts';
export { OutageLog } from './outage-log.ts';
export { type StartedTask, type TaskRequest, TaskStarter, type TaskStarterDependencies } from './start-task.ts';
export type { RunDependencies } from './run-outcome.ts';
export { Worker, type WorkerOptions } from './worker.ts';
