import type { UsageQuery } from '#contract';

import { invalidInput } from '../../kernel/parse-input.ts';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;
const DEFAULT_DAYS = 30;
const MOST_DAYS = 366;

/** Days in UTC, both included, such as `2026-01-31`. */
export interface UsagePeriod {
  readonly from: string;
  readonly to: string;
}

/** The days that are asked for; 30 days up to today where nothing else is said. @throws AppError VALIDATION_FAILED */
export function usagePeriod({ from, to }: Pick<UsageQuery, 'from' | 'to'>, now: Date): UsagePeriod {
  const last = to ?? toDay(now);
  const first = from ?? toDay(new Date(Date.parse(last) - (DEFAULT_DAYS - 1) * DAY_MILLISECONDS));
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MILLISECONDS + 1;
  if (days < 1)
    throw invalidInput('the period', [{ path: 'from', message: `${first} is after the last day, ${last}` }]);
  if (days > MOST_DAYS) {
    const message = `${first} to ${last} are ${days} days; ask for ${MOST_DAYS} at most`;
    throw invalidInput('the period', [{ path: 'from', message }]);
  }
  return { from: first, to: last };
}

function toDay(time: Date): string {
  return time.toISOString().slice(0, 10);
}
