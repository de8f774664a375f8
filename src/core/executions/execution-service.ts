import type { EventView, ExecutionDetail, ExecutionView, ForkExecution, ReplayReport } from '#contract';

import type { CallContext } from '../../kernel/call-context.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';

/** The commands on executions. */
export interface ExecutionService {
  /**
   * A new execution of the same task: finished steps before the cut come from the journal.
   * @throws AppError EXECUTION_NOT_FOUND, STEP_NOT_FOUND, AGENT_NOT_FOUND, AGENT_VERSION_NOT_FOUND
   */
  fork(context: CallContext, id: string, request: ForkExecution): Promise<ExecutionView>;
  /**
   * Ends a fork; its running calls are aborted. What decides its task's state is canceled with the task.
   * @throws AppError EXECUTION_NOT_FOUND, EXECUTION_FINISHED, EXECUTION_IS_PRIMARY
   */
  cancel(context: CallContext, id: string, reason?: string): Promise<ExecutionView>;
  /** Folds the log again and runs the code over the journal; calls no model and no tool. */
  replay(context: CallContext, id: string): Promise<ReplayReport>;
}

export interface ExecutionFilter {
  readonly taskId?: string;
  readonly agent?: string;
  readonly status?: ExecutionView['status'];
}

/** The questions about executions. */
export interface ExecutionQueries {
  /** With the timeline of its steps. @throws AppError EXECUTION_NOT_FOUND */
  get(context: CallContext, id: string): Promise<ExecutionDetail>;
  /** Newest first. */
  list(context: CallContext, filter: ExecutionFilter, page: PageRequest): Promise<Page<ExecutionView>>;
  /** Events of the execution in their order; the cursor is the version. */
  events(context: CallContext, id: string, page: PageRequest): Promise<Page<EventView>>;
}
