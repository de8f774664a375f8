import type { ResolveTask, SubmitTask, TaskState, TaskView } from '#contract';

import type { CallContext } from '../../kernel/call-context.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';

/** The commands on tasks. */
export interface TaskService {
  /**
   * Submits a task; its first execution begins by itself.
   * @throws AppError AGENT_NOT_FOUND, AGENT_VERSION_NOT_FOUND, AGENT_DISABLED, MODEL_NOT_FOUND,
   *   CONVERSATION_NOT_FOUND, VALIDATION_FAILED
   */
  submit(context: CallContext, request: SubmitTask): Promise<TaskView>;
  /** Ends the task; running calls are aborted. @throws AppError TASK_NOT_FOUND, TASK_FINISHED */
  cancel(context: CallContext, id: string, reason?: string): Promise<TaskView>;
  /** Settles what the task waits for. @throws AppError TASK_NOT_FOUND, TASK_NOT_WAITING, VALIDATION_FAILED */
  resolve(context: CallContext, id: string, request: ResolveTask): Promise<TaskView>;
}

export interface TaskFilter {
  readonly agent?: string;
  readonly state?: TaskState;
  readonly conversationId?: string;
}

/** The questions about tasks. */
export interface TaskQueries {
  /** @throws AppError TASK_NOT_FOUND */
  get(context: CallContext, id: string): Promise<TaskView>;
  /** Newest first. @throws AppError CURSOR_INVALID */
  list(context: CallContext, filter: TaskFilter, page: PageRequest): Promise<Page<TaskView>>;
  /** Streams whose events tell the task's story: its own and those of its executions. */
  streamsOf(context: CallContext, id: string): Promise<readonly string[]>;
}
