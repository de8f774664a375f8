import { formatCount, formatDuration } from './formats.ts';
import type { LiveStep } from './step-ledger.ts';
import { callsTools, inputSummary, outputSummary } from './step-summary.ts';
import type { Style } from './style.ts';
import { displayWidth, fit, oneLine, pad } from './text-layout.ts';

export interface LineForm {
  readonly style: Style;
  readonly width: number;
}

const KEY_WIDTH = 6;
const KIND_WIDTH = 5;
const NAME_WIDTH = 18;

/** A step on one line: mark, key, kind, name, what it was given and gave; tokens and time at the right. */
export function stepLine(step: LiveStep, { style, width }: LineForm): string {
  const failed = step.error !== undefined;
  const mark = failed ? style.red('✗') : style.green('✓');
  const measured = [
    ...(step.usage === undefined
      ? []
      : [`${formatCount((step.usage.inputTokens ?? 0) + (step.usage.outputTokens ?? 0))} tokens`]),
    ...(step.durationMilliseconds === undefined ? [] : [formatDuration(step.durationMilliseconds)]),
  ].join('  ');
  const head = `${mark} ${stepHead(step, style)}`;
  const room = width - displayWidth(head) - displayWidth(measured) - 3;
  const summary = room < 8 ? '' : fit(failed ? oneLine(step.error.message) : flow(step, room), room);
  const painted = failed ? style.red(summary) : style.dim(summary);
  return `${head} ${pad(painted, Math.max(0, room))}  ${style.dim(measured)}`.trimEnd();
}

/** A step under way, on one line. */
export function startedLine(step: LiveStep, { style, width }: LineForm): string {
  const head = `· ${stepHead(step, style)}`;
  const room = width - displayWidth(head) - 2;
  return style.dim(`${head} ${room < 8 ? '' : inputSummary(stepOf(step), room)}`.trimEnd());
}

function stepHead({ key, kind, name }: LiveStep, style: Style): string {
  return `${pad(key, KEY_WIDTH)} ${style.dim(pad(kind, KIND_WIDTH))} ${pad(fit(name, NAME_WIDTH), NAME_WIDTH)}`;
}

/** `input → output`, with room for both; the text of a model is shown on its own. */
function flow(step: LiveStep, room: number): string {
  if (step.kind === 'model') return callsTools(step) ? outputSummary(step, room) : 'answers';
  const output = outputSummary(step, room);
  const input = inputSummary(stepOf(step), output === '' ? room : Math.max(8, Math.floor(room / 2)));
  return input === '' || output === '' ? input + output : `${input} → ${output}`;
}

const stepOf = (step: LiveStep) => ({ kind: step.kind, input: step.input });
