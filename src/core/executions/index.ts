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
export type { ExecutionFilter, ExecutionQueries, ExecutionService } from './execution-service.ts';
