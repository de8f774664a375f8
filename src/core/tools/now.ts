import { z } from 'zod';

import { AppError } from '../../kernel/errors.ts';
import type { ToolDefinition } from './tool.ts';

const parameters = z.strictObject({
  timeZone: z.string().min(1).max(64).optional().describe('IANA time zone, such as "Europe/Vienna"; UTC unless given.'),
});

/** The answer of `now`: local ISO 8601 time with its offset, the day of the week, and seconds since 1970. */
export interface NowResult {
  readonly iso: string;
  readonly date: string;
  readonly time: string;
  readonly weekday: string;
  readonly timeZone: string;
  readonly unixSeconds: number;
}

/** The current time as a tool, by the clock of the call. An unknown zone throws TOOL_ARGUMENTS_INVALID. */
export const now: ToolDefinition<typeof parameters> = {
  name: 'now',
  description: 'Tell the current date and time, the day of the week (today) and the unix time, in a time zone.',
  effect: 'read',
  timeoutMilliseconds: 5_000,
  parameters,
  execute: ({ timeZone = 'UTC' }, context): NowResult => describeInstant(context.call.clock.now(), timeZone),
};

/** An instant as people of a time zone say it. @throws AppError TOOL_ARGUMENTS_INVALID for an unknown zone. */
export function describeInstant(instant: Date, timeZone: string): NowResult {
  const parts = zonedParts(instant, timeZone);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? '';
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  const time = `${part('hour')}:${part('minute')}:${part('second')}`;
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return {
    iso: `${date}T${time}${offset === '+00:00' ? 'Z' : offset}`,
    date,
    time,
    weekday: part('weekday'),
    timeZone,
    unixSeconds: Math.floor(instant.getTime() / 1000),
  };
}

function zonedParts(instant: Date, timeZone: string): Intl.DateTimeFormatPart[] {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'long',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    }).formatToParts(instant);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError(
      'TOOL_ARGUMENTS_INVALID',
      `timeZone: "${timeZone}" is no IANA time zone; use one such as Europe/Vienna.`,
      {
        details: { field: 'timeZone' },
        cause: error,
      },
    );
  }
}
