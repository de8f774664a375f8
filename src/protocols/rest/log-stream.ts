import type { CallContext } from '../../kernel/call-context.ts';
import { toEventView } from './event-view.ts';
import type { RestServices } from './rest-services.ts';
import { SignalQueue } from './signal-queue.ts';
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
    for (;;) {
      const waited = await queue.wait(request.heartbeatMilliseconds ?? 15_000);
      if (waited === 'closed') return;
      if (waited === 'timeout') yield { kind: 'heartbeat' };
      queue.take();
      if (position === undefined) continue;
      for (let full = true; full && !request.closing.aborted;) {
        const page = await eventStore.readAll({
          after: position,
          limit: PAGE,
          tenantId: request.context.tenantId,
          ...(request.stream === undefined ? {} : { streamIds: [request.stream] }),
        });
        for (const event of page) {
          position = event.globalPosition;
          yield { kind: 'durable', id: position.toString(), event: event.type, data: toEventView(event) };
        }
        full = page.length === PAGE;
      }
    }
  } finally {
    stop();
  }
}
