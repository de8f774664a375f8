import { ApiError } from './api-error.ts';
import { readServerSentEvents, type ServerSentEvent } from './event-source.ts';
import type { EventView } from './executions.ts';
import { problemSchema } from './problem.ts';
import type { EphemeralView, StreamEnd, TaskStreamItem } from './task-stream.ts';
import type { Transport } from './transport.ts';

export interface FollowOptions {
  /** Position to go on behind; from the beginning unless given (the log: from now). */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_PAUSE_MILLISECONDS = 250;
const LONGEST_PAUSE_MILLISECONDS = 5_000;

/* oxlint-disable max-params -- transport first, as everywhere; the options are mostly left out */
/**
 * Follows a task to its end: connects again with Last-Event-ID when the connection breaks, and
 * gives every durable event once. Ends with `end`. @throws ApiError for what another try can't mend
 */
export async function* followTask(
  transport: Transport,
  id: string,
  options: FollowOptions = {},
): AsyncGenerator<TaskStreamItem> {
  const open = (lastEventId: string | undefined) =>
    transport.open('tasks.events', { params: { id } }, { signal: options.signal, ...idOf(lastEventId) });
  for await (const event of follow(open, options)) {
    if (event.event === 'end') {
      yield { kind: 'end', end: JSON.parse(event.data) as StreamEnd };
      return;
    }
    yield event.id === undefined
      ? { kind: 'ephemeral', ephemeral: JSON.parse(event.data) as EphemeralView }
      : { kind: 'event', event: JSON.parse(event.data) as EventView };
  }
}

/** Follows the log without an end; like `followTask` in everything else. */
export async function* followLog(
  transport: Transport,
  options: FollowOptions & { readonly stream?: string | undefined } = {},
): AsyncGenerator<EventView> {
  const open = (lastEventId: string | undefined) =>
    transport.open(
      'events.list',
      { query: { stream: options.stream } },
      { signal: options.signal, ...idOf(lastEventId) },
    );
  for await (const event of follow(open, options)) {
    if (event.id !== undefined) yield JSON.parse(event.data) as EventView;
  }
}

const idOf = (lastEventId: string | undefined) => (lastEventId === undefined ? {} : { lastEventId });

type Open = (lastEventId: string | undefined) => Promise<ReadableStream<Uint8Array>>;

async function* follow(open: Open, { after, signal }: FollowOptions): AsyncGenerator<ServerSentEvent> {
  let position = after;
  let pause = FIRST_PAUSE_MILLISECONDS;
  for (;;) {
    let wait = pause;
    try {
      for await (const event of unseen(await open(position), position)) {
        position = event.id ?? position;
        pause = FIRST_PAUSE_MILLISECONDS;
        wait = pause;
        yield event;
      }
    } catch (error) {
      if (signal?.aborted === true) throw reasonOf(signal);
      if (!isPassing(error)) throw error;
      wait = error instanceof ApiError ? Math.max(pause, (error.retryAfterSeconds ?? 0) * 1000) : pause;
    }
    await sleep(wait, signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
  }
}

/** The events of a connection that lie behind a position. @throws ApiError where the server tells of its failure */
async function* unseen(
  body: ReadableStream<Uint8Array>,
  position: string | undefined,
): AsyncGenerator<ServerSentEvent> {
  let last = position;
  for await (const event of readServerSentEvents(body)) {
    if (event.event === 'error') throw failureOf(event.data);
    if (isBehind(event.id, last)) continue;
    last = event.id ?? last;
    yield event;
  }
}

function failureOf(data: string): ApiError {
  return new ApiError(problemSchema.parse(JSON.parse(data)));
}

function isBehind(id: string | undefined, position: string | undefined): boolean {
  return id !== undefined && position !== undefined && BigInt(id) <= BigInt(position);
}

/** Whether another try may help: no answer, a broken stream, a busy or draining server. */
function isPassing(error: unknown): boolean {
  if (error instanceof SyntaxError) return false;
  if (!(error instanceof ApiError)) return true;
  return (
    error.status === 0 || error.status === 429 || error.status === 502 || error.status === 503 || error.status === 504
  );
}

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(reasonOf(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
}

function reasonOf(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal?.reason });
}
