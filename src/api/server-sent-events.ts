import { Readable } from 'node:stream';

import type { StreamMessage } from '../protocols/rest/index.ts';

/** A message in the frames of text/event-stream (WHATWG HTML, section 9.2). */
export function toFrame(message: StreamMessage): string {
  if (message.kind === 'heartbeat') return ': heartbeat\n\n';
  // JSON text holds no line break, so one data line carries it.
  const body = `event: ${message.event}\ndata: ${JSON.stringify(message.data)}\n\n`;
  return message.kind === 'durable' ? `id: ${message.id}\n${body}` : body;
}

export interface FramesOptions {
  /** What a failure in the middle of the stream is told as; it is logged by then. */
  readonly onFailure: (error: unknown) => StreamMessage;
}

/**
 * The stream as bytes that a socket pulls: a message is asked for only when the one before has been
 * taken, so a slow reader slows its source down and nothing piles up here.
 */
export function toFrames(messages: AsyncIterable<StreamMessage>, { onFailure }: FramesOptions): Readable {
  async function* frames(): AsyncGenerator<string> {
    // Sends the headers at once.
    yield ': connected\n\n';
    try {
      for await (const message of messages) yield toFrame(message);
    } catch (error) {
      yield toFrame(onFailure(error));
    }
  }
  return Readable.from(frames());
}
