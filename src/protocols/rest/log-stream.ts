import type { CallContext } from '../../kernel/call-context.ts';
import type { RecordedEvent } from '../../kernel/event.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import { toEventView } from '../../kernel/event-view.ts';
import type { RestServices } from './rest-services.ts';
import { HEARTBEAT_MILLISECONDS, SETTLING_MILLISECONDS, SignalQueue } from './signal-queue.ts';
import type { StreamMessage } from './stream-message.ts';

export interface LogStreamRequest {
  readonly context: CallContext;
  /** Position to go on behind; from now on where it is absent. */
  readonly after?: bigint;
  /** Only this stream. */
  readonly stream?: string;
  readonly closing: AbortSignal;
  /** 15,000 unless given. */
  readonly heartbeatMilliseconds?: number;
}

const PAGE = 200;

/** The tenant's log as it grows, without an end; returns when `closing` is aborted. */
export async function* logStream(
  { eventStore, eventBus }: Pick<RestServices, 'eventStore' | 'eventBus'>,
  request: LogStreamRequest,
): AsyncGenerator<StreamMessage> {
  const queue = new SignalQueue({ most: 1, closing: request.closing });
  let position = request.after;
  const stop = eventBus.onRecorded((events) => {
    // "From now": behind whatever was stored before the first event that was told of.
    const first = events.map((event) => event.globalPosition).reduce((least, next) => (next < least ? next : least));
    position ??= first - 1n;
    queue.wake(first);
  });
  try {
    if (position !== undefined) queue.wake(position);
    for (let quiet = 0; ;) {
      const settling = SETTLING_MILLISECONDS[quiet];
      const waited = await queue.wait(settling ?? request.heartbeatMilliseconds ?? HEARTBEAT_MILLISECONDS);
      if (waited === 'closed') return;
      if (waited === 'timeout' && settling === undefined) yield { kind: 'heartbeat' };
      quiet = waited === 'signal' ? 0 : quiet + 1;
      queue.take();
      if (position === undefined) continue;
      for await (const event of readOn(eventStore, { ...request, after: position })) {
        position = event.globalPosition;
        yield { kind: 'durable', id: position.toString(), event: event.type, data: toEventView(event) };
      }
    }
  } finally {
    stop();
  }
}

/** Everything behind a position that can be read now. */
async function* readOn(
  eventStore: Pick<EventStore, 'readAll'>,
  { context, after, stream, closing }: LogStreamRequest & { readonly after: bigint },
): AsyncGenerator<RecordedEvent> {
  let position = after;
  for (let full = true; full && !closing.aborted;) {
    const page = await eventStore.readAll({
      after: position,
      limit: PAGE,
      tenantId: context.tenantId,
      ...(stream === undefined ? {} : { streamIds: [stream] }),
    });
    yield* page;
    position = page.at(-1)?.globalPosition ?? position;
    full = page.length === PAGE;
  }
}
