import { get } from 'node:http';

/** An event as it stood on the wire. */
export interface WireEvent {
  readonly id?: string;
  readonly event: string;
  readonly data: any;
}

export interface RawStreamRequest {
  readonly url: string;
  readonly key: string;
  readonly lastEventId?: string | undefined;
  /** Tears the connection down after so many bytes. */
  readonly mostBytes?: number;
  /** Called when the first bytes of an event are there: from then on everything that happens is told. */
  readonly onFirstEvent?: () => void;
}

export interface RawStream {
  /** Those that came whole. */
  readonly events: readonly WireEvent[];
  /** Whether the server ended it properly. */
  readonly complete: boolean;
}

/** Reads server-sent events by hand, as a client that shares no code with the server. */
export async function readRawEventStream(request: RawStreamRequest): Promise<RawStream> {
  const { url, key, lastEventId, mostBytes = Infinity, onFirstEvent } = request;
  const resume = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const { promise, resolve, reject } = Promise.withResolvers<{ text: string; complete: boolean }>();
  const sent = get(url, { headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream', ...resume } });
  sent.once('error', reject).once('response', (response) => {
    if (response.statusCode !== 200) reject(new Error(`HTTP ${response.statusCode}`));
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk.subarray(0, Math.max(0, mostBytes - bytes)));
      if (chunk.includes('id:')) onFirstEvent?.();
      bytes += chunk.length;
      if (bytes >= mostBytes) response.destroy();
    });
    response.on('error', () => undefined);
    response.once('close', () => resolve({ text: Buffer.concat(chunks).toString(), complete: response.complete }));
  });
  const { text, complete } = await promise;
  // What stands behind the last empty line broke off in the middle.
  const blocks = text.split('\n\n').slice(0, -1);
  return { events: blocks.flatMap(toEvent), complete };
}

function toEvent(block: string): WireEvent[] {
  const fields = new Map(
    block
      .split('\n')
      .filter((line) => !line.startsWith(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).replace(/^ /, '')]),
  );
  const data = fields.get('data');
  if (data === undefined) return [];
  const id = fields.get('id');
  return [{ event: fields.get('event') ?? 'message', data: JSON.parse(data), ...(id === undefined ? {} : { id }) }];
}
