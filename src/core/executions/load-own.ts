import type { CallContext } from '../../kernel/call-context.ts';
import { AppError } from '../../kernel/errors.ts';
import type { ExecutionState } from './execution.ts';
import type { ExecutionStarted } from './execution-events.ts';
import type { LoadExecution } from './load-execution.ts';

/** An execution of the caller's tenant. @throws AppError EXECUTION_NOT_FOUND */
// oxlint-disable-next-line max-params -- whose question, which execution, and where to look
export async function loadOwn(
  context: CallContext,
  id: string,
  { loadExecution }: { readonly loadExecution: LoadExecution },
): Promise<{ readonly state: ExecutionState; readonly started: ExecutionStarted['data']; readonly version: number }> {
  const { state, first, version } = await loadExecution(id);
  if (state.started === undefined || first?.tenantId !== context.tenantId) {
    throw new AppError('EXECUTION_NOT_FOUND', `there is no execution ${id}`);
  }
  return { state, started: state.started, version };
}
