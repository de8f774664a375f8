import type { TaskStreamItem, Waiting } from '#contract';

import type { CommandContext } from './command-context.ts';
import type { Connection } from './connection.ts';
import { watchFor } from './follow-stream.ts';

/** Why the task is no longer watched; the task itself goes on. */
class Left extends Error {
  override readonly name = 'Left';
}

export interface WatchTask {
  readonly context: CommandContext;
  readonly connection: Connection;
  readonly taskId: string;
  readonly onItem: (item: TaskStreamItem) => void;
  /** Something to say between the items. */
  readonly onNote: (line: string) => void;
  /** Decides what the task waits for; false leaves it to somebody else. */
  readonly decide: (waiting: readonly Waiting[]) => Promise<boolean>;
}

/** How watching ended: the task's end, somebody's decision wanted, or a second Ctrl-C. */
export type WatchEnd = 'ended' | 'waiting' | 'left';

/**
 * Follows a task to its end or to a decision that nobody here makes. The first Ctrl-C cancels the
 * task, the second leaves at once and lets it go on.
 * @throws ApiError
 */
export async function watchTask(watch: WatchTask): Promise<{ readonly end: WatchEnd; readonly interrupted: boolean }> {
  const { context, connection, taskId } = watch;
  const controller = new AbortController();
  let interrupted = false;
  const stopListening = context.surroundings.onInterrupt(() => {
    if (interrupted) return controller.abort(new Left());
    interrupted = true;
    cancel(watch);
  });
  const patience = connection.patience.watch(watchFor({ ...context, tell: watch.onNote }, controller));
  try {
    return { end: await follow(watch, controller.signal), interrupted };
  } catch (error) {
    if (!(error instanceof Left)) throw error;
    watch.onNote(
      `Left task ${taskId}, which may go on: \`pygent tasks events ${taskId}\` follows it, ` +
        `\`pygent tasks cancel ${taskId}\` cancels it.`,
    );
    return { end: 'left', interrupted };
  } finally {
    patience.stop();
    stopListening();
  }
}

async function follow({ connection, taskId, onItem, decide }: WatchTask, signal: AbortSignal): Promise<WatchEnd> {
  for await (const item of connection.client.tasks.events(taskId, { signal })) {
    onItem(item);
    if (item.kind === 'end') return 'ended';
    if (item.kind !== 'event' || item.event.type !== 'TaskInputRequired') continue;
    // The event may have been answered by now: the task itself says what it waits for.
    const { waiting } = await connection.client.tasks.get(taskId, { signal });
    if (waiting.length > 0 && !(await decide(waiting))) return 'waiting';
  }
  return 'ended';
}

function cancel({ connection, taskId, onNote }: WatchTask): void {
  onNote('Canceling the task … Ctrl-C again leaves at once and lets it go on.');
  connection.client.tasks.cancel(taskId, { reason: 'Ctrl-C' }).catch((error: unknown) => {
    onNote(`It could not be canceled: ${error instanceof Error ? error.message : String(error)}`);
  });
}
