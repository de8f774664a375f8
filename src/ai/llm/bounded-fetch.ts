/** Thrown into a response that brings more than it may. */
export class ResponseTooLargeError extends Error {
  override readonly name = 'ResponseTooLargeError';
}

/**
 * A line is put together in memory before anybody looks into it, and takes several times its size
 * there (1.6 GB for one of 256 MiB). Whole answers that were not streamed are one line too.
 */
const MOST_LINE_BYTES = 32 * 1024 * 1024;
const LINE_FEED = 10;

/**
 * A fetch for calls to model providers: a response body ends in `ResponseTooLargeError` after
 * `maximumBytes` or 32 MiB of one line, so that a server that never stops can't fill the memory, and a redirect is given
 * back as the answer it is, because following one would carry the key to another host.
 */
export function boundedFetch(fetch: typeof globalThis.fetch, maximumBytes: number): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'manual' });
    if (response.body === null) return response;
    return new Response(response.body.pipeThrough(byteLimit(maximumBytes)), {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}

function byteLimit(maximumBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let received = 0;
  let ofLine = 0;
  return new TransformStream({
    transform(chunk, controller) {
      received += chunk.byteLength;
      const end = chunk.lastIndexOf(LINE_FEED);
      ofLine = end === -1 ? ofLine + chunk.byteLength : chunk.byteLength - end - 1;
      if (received > maximumBytes) {
        controller.error(new ResponseTooLargeError(`the response is longer than ${maximumBytes} bytes`));
      } else if (ofLine > MOST_LINE_BYTES) {
        controller.error(new ResponseTooLargeError(`a line of the response is longer than ${MOST_LINE_BYTES} bytes`));
      } else {
        controller.enqueue(chunk);
      }
    },
  });
}

/**
 * undici's fetch without its own waiting limits. The one built into Node.js gives up on a response
 * after 300 s of silence, which a slow local model or a long thought passes; how long a call may
 * take is the caller's signal to say.
 */
export async function createPatientFetch(): Promise<typeof globalThis.fetch> {
  const { Agent, fetch } = await import('undici');
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  const patientFetch = (input: string, init: object): Promise<unknown> => fetch(input, { ...init, dispatcher });
  // The same standard interface, declared twice: by undici and by the types of Node.js.
  return patientFetch as unknown as typeof globalThis.fetch;
}
