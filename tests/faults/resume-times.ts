import type { EventRow } from './evidence.ts';

const ENDS = new Set(['ExecutionCompleted', 'ExecutionFailed', 'ExecutionCanceled']);

/**
 * For each start of the process but the first, how long the executions that were under way took to go on: from
 * the start of the process to their first event, in milliseconds. One that had suspended itself was not under way. A
 * process that was killed before it got to an execution leaves that one to the next start.
 * @param starts when each start began, in milliseconds of the epoch
 */
export function resumeTimes(events: readonly EventRow[], starts: readonly number[]): number[] {
  const streams = Map.groupBy(
    events.filter(({ streamId }) => streamId.startsWith('execution-')),
    ({ streamId }) => streamId,
  );
  return starts.slice(1).flatMap((start, index) => {
    const nextStart = starts[index + 2] ?? Infinity;
    return [...streams.values()].flatMap((story) => {
      const before = story.findLast(({ recordedAt }) => recordedAt < start);
      if (before === undefined || ENDS.has(before.type) || before.type === 'ExecutionSuspended') return [];
      const first = story.find(({ recordedAt }) => recordedAt >= start && recordedAt < nextStart);
      return first === undefined ? [] : [first.recordedAt - start];
    });
  });
}
