import type { Clock } from '../../kernel/clock.ts';

const MAXIMUM_MILLISECONDS = 24 * 60 * 60 * 1000;

/**
 * How long a provider wants to be left alone, in milliseconds: its `retry-after-ms`, its
 * `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or the `retryDelay` of a
 * google.rpc.RetryInfo in the body. At most a day.
 */
export function retryAfterMilliseconds(
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  clock: Clock,
): number | undefined {
  const milliseconds =
    positive(headers['retry-after-ms'], 1) ??
    positive(headers['retry-after'], 1000) ??
    untilDate(headers['retry-after'], clock) ??
    positive(/"retryDelay"\s*:\s*"([\d.]+)s"/.exec(body)?.[1], 1000);
  return milliseconds === undefined ? undefined : Math.min(Math.ceil(milliseconds), MAXIMUM_MILLISECONDS);
}

function positive(text: string | undefined, unit: number): number | undefined {
  if (text === undefined || !/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return undefined;
  return Number(text) * unit;
}

function untilDate(text: string | undefined, clock: Clock): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.max(0, time - clock.now().getTime());
}
