import { fold } from '../../kernel/decider.ts';
import type { TaskId } from '../../kernel/ids.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import type { Message } from '../../kernel/ports/language-model.ts';
import { type TaskAggregate, taskDecider, type TaskEvent, taskStream } from '../tasks/index.ts';
import type { ExecutionStarted } from './execution-events.ts';

export interface InitialMessages {
  readonly instructions: string;
  readonly started: Pick<ExecutionStarted['data'], 'history' | 'input'>;
  readonly eventStore: Pick<EventStore, 'readStream'>;
}

/**
 * What an execution begins with: the instructions, the conversation so far, and last the user's
 * message. The same at every activation: ended tasks don't change.
 */
export async function initialMessages({
  instructions,
  started,
  eventStore,
}: InitialMessages): Promise<readonly Message[]> {
  const system: Message[] = instructions === '' ? [] : [{ role: 'system', content: instructions }];
  const turns = await Promise.all(started.history.map((taskId) => turnOf(taskId, eventStore)));
  return [...system, ...turns.flat(), userMessage(started.input)];
}

async function turnOf(taskId: TaskId, eventStore: Pick<EventStore, 'readStream'>): Promise<Message[]> {
  const task = await loadTask(taskId, eventStore);
  const input = userMessage(task.submitted?.input ?? '');
  return task.text === undefined
    ? [input]
    : [input, { role: 'assistant', content: [{ type: 'text', text: task.text }] }];
}

/** The task as its stream tells it. */
export async function loadTask(taskId: string, eventStore: Pick<EventStore, 'readStream'>): Promise<TaskAggregate> {
  const events = await eventStore.readStream(taskStream(taskId));
  return fold(taskDecider, events as unknown as readonly TaskEvent[]);
}

function userMessage(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] };
}
