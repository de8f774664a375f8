import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';

import { parseJsonBody } from './request-body.ts';
import { TokenBuckets } from './token-buckets.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a JSON body', () => {
  it('is what JSON says, for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/__proto__/.test(text));
        expect(parseJsonBody(bytes(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('ends in MALFORMED_BODY or a value, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        try {
          parseJsonBody(body);
        } catch (error) {
          expect(error).toMatchObject({ code: 'MALFORMED_BODY' });
        }
      }),
    );
  });

  it('counts levels outside of strings only', () => {
    expect(parseJsonBody(bytes(JSON.stringify('['.repeat(500) + '\\"[')))).toHaveLength(503);
    expect(() => parseJsonBody(bytes('['.repeat(101) + ']'.repeat(101)))).toThrow(/deeper than 100/);
    expect(parseJsonBody(bytes('['.repeat(100) + ']'.repeat(100)))).toBeInstanceOf(Array);
  });
});

describe('a token bucket', () => {
  it('never lets more than its size and its refill through', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.array(fc.nat({ max: 5_000 })), (perMinute, pauses) => {
        let now = 0;
        const buckets = new TokenBuckets({ perMinute, clock: { now: () => new Date(now) } });
        let taken = 0;
        for (const pause of pauses) {
          now += pause;
          const wait = buckets.take('k');
          if (wait === 0) taken += 1;
          else {
            now += wait;
            expect(buckets.take('k')).toBe(0);
            taken += 1;
          }
          expect(taken).toBeLessThanOrEqual(perMinute + (now * perMinute) / 60_000 + 1e-6);
        }
      }),
    );
  });

  it('remembers so many callers and no more', () => {
    const buckets = new TokenBuckets({ perMinute: 1, clock: { now: () => new Date(0) }, mostCallers: 2 });
    expect([buckets.take('a'), buckets.take('a') > 0, buckets.take('b'), buckets.take('c')]).toEqual([0, true, 0, 0]);
    expect(buckets.take('a')).toBe(0);
  });
});
