import { describe, expect, it } from 'vitest';

import { boundedFetch } from './bounded-fetch.ts';

const MEBIBYTE = 1024 * 1024;

/** Reads a body of so many pieces of one mebibyte, each with this end; answers how many came through. */
async function read(pieces: number, end: string): Promise<number> {
  const piece = Buffer.from('x'.repeat(MEBIBYTE - end.length) + end);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent === pieces) return controller.close();
      sent += 1;
      controller.enqueue(piece);
    },
  });
  const response = await boundedFetch(async () => new Response(body), 64 * MEBIBYTE)('http://x');
  let received = 0;
  for await (const _chunk of response.body ?? []) received += 1;
  return received;
}

// requirement: R-BAD-MODEL-ENDLESS
describe('a response', () => {
  it('may be as long as allowed, in lines', async () => {
    expect(await read(64, '\n')).toBe(64);
    await expect(read(65, '\n')).rejects.toThrow('the response is longer than 67108864 bytes');
  });

  it('may be one line of 32 MiB, and not a piece longer', async () => {
    expect(await read(32, '')).toBe(32);
    await expect(read(33, '')).rejects.toThrow('a line of the response is longer than 33554432 bytes');
  });
});
