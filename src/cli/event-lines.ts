import type { EventView } from '#contract';

import type { Layout } from './command-context.ts';
import { compactValue } from './compact-value.ts';
import { formatClock } from './formats.ts';
import { pad, padLeft } from './text-layout.ts';

const UNCUT = 100_000;

/** An event on one line: position, time, type, stream, data. The view must have been made readable. */
export function eventLine(event: EventView, { style, width }: Layout): string {
  const head = `${padLeft(event.position, 6)}  ${formatClock(event.recordedAt)}  `;
  const type = pad(event.type, 20);
  const room = width === undefined ? UNCUT : Math.max(10, width - head.length - type.length - 1);
  const data = compactValue({ [event.stream]: event.data }, room);
  return `${style.dim(head)}${type} ${style.dim(data)}`;
}
