import type { TaskView } from '#contract';

import type { RecordedEvent } from '../../kernel/event.ts';
import { type TaskSubmitted, taskStream } from './task.ts';

/** The task as the read model has it when it was just submitted; the events are those of the append. */
export function submittedView(taskId: string, events: readonly RecordedEvent[]): TaskView | undefined {
  const event = events.find(({ streamId, type }) => streamId === taskStream(taskId) && type === 'TaskSubmitted');
  if (event === undefined) return undefined;
  const { agent, input, executionId, conversationId, parentExecutionId } =
    event.data as unknown as TaskSubmitted['data'];
  const at = event.recordedAt.toISOString();
  return {
    id: taskId,
    agent: { name: agent.name, version: agent.version },
    state: 'submitted',
    input,
    waiting: [],
    ...(conversationId === undefined ? {} : { conversationId }),
    executionId,
    ...(parentExecutionId === undefined ? {} : { parentExecutionId }),
    createdBy: event.metadata.actor,
    createdAt: at,
    updatedAt: at,
  };
}
