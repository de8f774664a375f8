/** One server-sent event as it came over the wire. */
export interface ServerSentEvent {
  /** Absent where the event carries no `id:` of its own. */
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

/**
 * Turns chunks of a text/event-stream into events: any chunking, LF, CRLF or CR, comments skipped
 * (WHATWG HTML, section 9.2.6). An event that the stream breaks off in the middle of is dropped.
 */
export class ServerSentEventParser {
  #rest = '';
  #id: string | undefined;
  #event = '';
  #data: string[] = [];

  /** The events that this chunk completes. */
  push(chunk: string): ServerSentEvent[] {
    const text = this.#rest + chunk;
    const events: ServerSentEvent[] = [];
    let start = 0;
    for (;;) {
      const end = lineEnd(text, start);
      if (end === undefined) break;
      const finished = this.#line(text.slice(start, end.at));
      if (finished !== undefined) events.push(finished);
      start = end.next;
    }
    this.#rest = text.slice(start);
    return events;
  }

  #line(line: string): ServerSentEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon === -1 ? line : line.slice(0, colon);
    const raw = colon === -1 ? '' : line.slice(colon + 1);
    const value = raw.startsWith(' ') ? raw.slice(1) : raw;
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#event = value;
    else if (field === 'id') this.#id = value;
    return undefined;
  }

  #dispatch(): ServerSentEvent | undefined {
    const event = { id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') };
    const empty = this.#data.length === 0;
    this.#id = undefined;
    this.#event = '';
    this.#data = [];
    return empty ? undefined : event;
  }
}

/** Where the line that begins at `start` ends; a CR at the very end may be half of a CRLF, so it waits. */
function lineEnd(text: string, start: number): { readonly at: number; readonly next: number } | undefined {
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\n') return { at: index, next: index + 1 };
    if (character !== '\r') continue;
    if (index + 1 === text.length) return undefined;
    return { at: index, next: text[index + 1] === '\n' ? index + 2 : index + 1 };
  }
  return undefined;
}

/** The events of a response body, until it ends. Cancels the body when the consumer stops. */
export async function* readServerSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const parser = new ServerSentEventParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    // A body that has failed already rejects again here; its failure was thrown by read().
    await reader.cancel().catch(() => undefined);
  }
}
