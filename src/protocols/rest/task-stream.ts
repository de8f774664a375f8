import { FINAL_TASK_STATES, type TaskView } from '#contract';

import type { CallContext } from '../../kernel/call-context.ts';
import type { RecordedEvent } from '../../kernel/event.ts';
import { toEventView } from '../../kernel/event-view.ts';
import type { RestServices } from './rest-services.ts';
import { HEARTBEAT_MILLISECONDS, SETTLING_MILLISECONDS, type Signal, SignalQueue } from './signal-queue.ts';
import type { StreamMessage } from './stream-message.ts';

export type TaskStreamServices = Pick<RestServices, 'taskQueries' | 'executionQueries' | 'eventStore' | 'eventBus'>;

export interface TaskStreamRequest {
  readonly context: CallContext;
  readonly taskId: string;
  /** Position to go on behind; 0 for the whole story. */
  readonly after: bigint;
  readonly closing: AbortSignal;
  /** 15,000 unless given. */
  readonly heartbeatMilliseconds?: number;
  /** Most ephemeral events held for a slow reader; 1,024 unless given. */
  readonly mostEphemeral?: number;
}

const PAGE = 200;

/**
 * A task's story: its events of the log from a position on, each once and in their order, then as
 * they happen, with ephemeral events between; `end` is the last message. Durable events are always
 * read from the store (the bus only wakes), so neither its order nor a lost message matters. The
 * consumer's pulling is the back-pressure. Returns without `end` when `closing` is aborted.
 * @throws AppError TASK_NOT_FOUND at the first pull
 */
export async function* taskStream(
  services: TaskStreamServices,
  request: TaskStreamRequest,
): AsyncGenerator<StreamMessage> {
  const queue = new SignalQueue({ most: request.mostEphemeral ?? 1_024, closing: request.closing });
  // Before the first read: what is stored after it wakes us.
  const reader = new TaskReader(services, request);
  const stops = [
    services.eventBus.onRecorded((events) => {
      if (reader.concerns(events)) queue.wake(lastPosition(events));
    }),
    services.eventBus.onEphemeral(request.taskId, (event) => queue.push(event)),
  ];
  try {
    yield* reader.read();
    let quiet = 0;
    while (!request.closing.aborted) {
      const end = await reader.end();
      if (end !== undefined && end !== 'unread') {
        yield* deliver(reader, queue.take());
        yield end;
        return;
      }
      const settling = SETTLING_MILLISECONDS[end === 'unread' ? 0 : quiet];
      const waited = await queue.wait(settling ?? request.heartbeatMilliseconds ?? HEARTBEAT_MILLISECONDS);
      if (waited === 'closed') return;
      if (waited === 'signal') {
        quiet = 0;
        yield* deliver(reader, queue.take());
        continue;
      }
      if (settling === undefined) yield { kind: 'heartbeat' };
      quiet += 1;
      yield* reader.read();
    }
  } finally {
    for (const stop of stops) stop();
  }
}

async function* deliver(reader: TaskReader, signals: readonly Signal[]): AsyncGenerator<StreamMessage> {
  for (const signal of signals) {
    if (signal.kind === 'wake') yield* reader.read(signal.upTo);
    else if (signal.kind === 'dropped') {
      yield reader.ephemeral('events-dropped', { executionId: '', data: { count: signal.count } });
    } else yield reader.ephemeral(signal.event.type, signal.event);
  }
}

class TaskReader {
  readonly #services: TaskStreamServices;
  readonly #context: CallContext;
  readonly #taskId: string;
  #streams = new Set<string>();
  #position: bigint;
  /** Stream to the version of the last event told. */
  readonly #versions = new Map<string, number>();
  /** Whether something was read that may have ended the task; true at first, since it may have ended before. */
  #mayHaveEnded = true;

  constructor(services: TaskStreamServices, request: TaskStreamRequest) {
    this.#services = services;
    this.#context = request.context;
    this.#taskId = request.taskId;
    this.#position = request.after;
  }

  /** Whether a notice from the bus may be about this task; every one may while the streams are not known. */
  concerns(events: readonly RecordedEvent[]): boolean {
    if (this.#streams.size === 0) return true;
    return events.some((event) => this.#streams.has(event.streamId) || event.metadata.correlationId === this.#taskId);
  }

  /** What there is to read; no further than `upTo`, so that what happened in between can be told in between. */
  async *read(upTo?: bigint): AsyncGenerator<StreamMessage> {
    if (this.#streams.size === 0) await this.#learnStreams();
    for (;;) {
      const page = await this.#services.eventStore.readAll({
        after: this.#position,
        limit: PAGE,
        streamIds: [...this.#streams],
        tenantId: this.#context.tenantId,
      });
      // A new execution's first events may lie before the event that tells of it: read this page again.
      if (page.some(mayAddStreams) && (await this.#learnStreams())) continue;
      for (const event of page) {
        if (upTo !== undefined && event.globalPosition > upTo) return;
        this.#position = event.globalPosition;
        this.#versions.set(event.streamId, event.version);
        if (event.type.startsWith('Task') || event.type.startsWith('Execution')) this.#mayHaveEnded = true;
        yield { kind: 'durable', id: event.globalPosition.toString(), event: event.type, data: toEventView(event) };
      }
      if (page.length < PAGE) return;
    }
  }

  /** The last message, if the task has ended, no fork of it runs, and nothing of it is `unread`. */
  async end(): Promise<StreamMessage | 'unread' | undefined> {
    if (!this.#mayHaveEnded) return undefined;
    const task = await this.#services.taskQueries.get(this.#context, this.#taskId);
    this.#mayHaveEnded = false;
    if (!FINAL_TASK_STATES.includes(task.state) || (await this.#forkRuns())) return undefined;
    return (await this.#unread()) ? 'unread' : endOf(task);
  }

  ephemeral(
    event: string,
    { executionId, data }: { readonly executionId: string; readonly data: object },
  ): StreamMessage {
    return { kind: 'ephemeral', event, data: { type: event, taskId: this.#taskId, executionId, data } };
  }

  async #forkRuns(): Promise<boolean> {
    const running = await this.#services.executionQueries.list(
      this.#context,
      { taskId: this.#taskId, status: 'running' },
      { limit: 50 },
    );
    return running.items.some((execution) => !execution.primary);
  }

  /** Whether a stream holds more than was told; asked of each stream, since the order of the log may lag. */
  async #unread(): Promise<boolean> {
    for (const stream of this.#streams) {
      const fromVersion = (this.#versions.get(stream) ?? 0) + 1;
      const rest = await this.#services.eventStore.readStream(stream, { fromVersion });
      if (rest.some((event) => event.globalPosition > this.#position)) {
        this.#mayHaveEnded = true;
        return true;
      }
    }
    return false;
  }

  /** Asks for the streams anew; answers whether there are more than were known. */
  async #learnStreams(): Promise<boolean> {
    const known = this.#streams.size;
    const streams = await this.#services.taskQueries.streamsOf(this.#context, this.#taskId);
    this.#streams = new Set(streams);
    return this.#streams.size > known;
  }
}

function lastPosition(events: readonly RecordedEvent[]): bigint {
  return events.reduce((last, { globalPosition }) => (globalPosition > last ? globalPosition : last), 0n);
}

function mayAddStreams(event: RecordedEvent): boolean {
  return event.type.startsWith('Task') || event.type === 'StepWaiting';
}

function endOf(task: TaskView): StreamMessage {
  return { kind: 'ephemeral', event: 'end', data: { taskId: task.id, state: task.state } };
}
