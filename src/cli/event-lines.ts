import type { EventView } from '#contract';

import type { Layout } from './command-context.ts';
import { compactValue } from './compact-value.ts';
import { formatClock } from './formats.ts';
import { displayWidth, pad, padLeft } from './text-layout.ts';

const UNCUT = 100_000;
const LEAST_DATA = 8;

/** An event on one line: position, time, type, stream, data. The view must have been made readable. */
export function eventLine(event: EventView, { style, width }: Layout): string {
  const head = `${padLeft(event.position, 6)}  ${formatClock(event.recordedAt)}  `;
  const type = pad(event.type, 18);
  const stream = pad(width === undefined ? event.stream : shortStream(event.stream), 11);
  const room = width === undefined ? UNCUT : width - displayWidth(head + type + stream) - 4;
  const data = room < LEAST_DATA ? '' : compactValue(event.data, room);
  return `${style.dim(head)}${type}  ${style.dim(`${stream}  ${data}`)}`.trimEnd();
}

/** Ids differ at their ends: `execution-exec_01kat…` is `exec …2vt5`. */
function shortStream(stream: string): string {
  const [, kind = '', last = ''] = /^([a-z]{1,5})[^]*?([^]{4})$/i.exec(stream) ?? [];
  return stream.length <= 11 ? stream : `${kind} …${last}`;
}
