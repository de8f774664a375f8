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
