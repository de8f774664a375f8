import type { EphemeralView, EventView, TaskStreamItem } from '#contract';

import type { CommandContext } from './command-context.ts';
import { isRecord } from './compact-value.ts';
import { formatDuration, formatTime } from './formats.ts';
import { readable, readableText } from './readable.ts';
import { type LiveStep, StepLedger } from './step-ledger.ts';
import { startedLine, stepLine } from './step-line.ts';
import { callsTools } from './step-summary.ts';
import { oneLine } from './text-layout.ts';
import { WordWrap, wrapped } from './word-wrap.ts';

const CLEAR_LINE = '\r\u001b[K';

/**
 * Shows a task at work. Steps stand on stderr, one line each when they end; on a terminal the ones
 * under way stand on a last line that comes and goes. The text of the model goes to stdout as it
 * comes where a person watches; elsewhere stdout gets the answer only, once it is whole.
 */
export class LiveView {
  readonly #context: CommandContext;
  readonly #ledger = new StepLedger();
  readonly #running = new Map<string, string>();
  /** Where a person watches; undefined elsewhere. */
  readonly #wrap: WordWrap | undefined;
  /** Executions in the order in which they were seen; steps of all but the first are indented. */
  readonly #executions: string[] = [];
  #resumes = 0;
  #status = false;
  /** What was shown of the text of `#speaker`. */
  #text = '';
  #openLine = false;
  /** The step whose text is shown, and which attempt at it. */
  #speaker = '';
  #attempt: unknown;

  constructor(context: CommandContext) {
    this.#context = context;
    const { width } = context.layout;
    this.#wrap = width === undefined ? undefined : new WordWrap(width);
  }

  show(unsafe: TaskStreamItem): void {
    const item = readable(unsafe);
    if (item.kind === 'event') this.#event(item.event);
    else if (item.kind === 'ephemeral') this.#ephemeral(item.ephemeral);
  }

  /** Takes the last line away: nothing is under way any more. */
  close(): void {
    this.#running.clear();
    this.#clearStatus();
  }

  /** Shows the answer, or as much of it as was not shown as it came. */
  answer(unsafe: string): void {
    const text = readableText(unsafe);
    this.#clearStatus();
    const shown = this.#text.trim() === text.trim() && this.#text !== '';
    this.#closeLine();
    if (!shown) this.#context.print(wrapped(text, this.#context.layout.width));
  }

  /** A line between the steps. */
  note(line: string): void {
    this.#clearStatus();
    this.#closeLine();
    this.#context.tell(line);
    this.#drawStatus();
  }

  #ephemeral({ type, data, executionId, taskId }: EphemeralView): void {
    if (type === 'text-delta') this.#delta(data, executionId);
    else if (type === 'events-dropped')
      this.note(this.#context.noticeStyle.dim('(some text was left out: the connection is slow)'));
    else if (type === 'step-started') {
      const step = this.#ledger.apply({ type, data, executionId, taskId });
      if (step === undefined) return;
      this.#running.set(`${executionId}/${step.key}`, startedLine(step, this.#form()));
      this.#clearStatus();
      this.#drawStatus();
    }
  }

  /** Branches may speak at once: one is heard at a time, and only of the execution itself. */
  #delta({ text, step, attempt }: EphemeralView['data'], executionId: string): void {
    if (this.#wrap === undefined || typeof text !== 'string' || this.#indent(executionId) > 0) return;
    const speaker = `${executionId}/${typeof step === 'string' ? step : ''}`;
    if (speaker !== this.#speaker && this.#running.has(this.#speaker)) return;
    if (speaker !== this.#speaker || attempt !== this.#attempt) this.#forgetText();
    this.#speaker = speaker;
    this.#attempt = attempt;
    if (this.#text === '' && text.trim() === '') return;
    this.#clearStatus();
    const begins = this.#text === '' ? '\n' : '';
    this.#text += text;
    this.#context.surroundings.stdout.write(begins + this.#wrap.push(text));
    this.#openLine = true;
  }

  #forgetText(): void {
    this.#closeLine();
    this.#text = '';
  }

  #event(event: EventView): void {
    const style = this.#context.noticeStyle;
    const step = this.#ledger.apply(event);
    if (event.type === 'ExecutionResumed') {
      this.#resumes += 1;
      if (this.#resumes > 1) this.note(style.dim('  resumed from the journal'));
    }
    if (step === undefined) return;
    const id = `${step.executionId}/${step.key}`;
    const indent = '  '.repeat(this.#indent(step.executionId));
    if (event.type === 'StepCompleted' || event.type === 'StepFailed') {
      this.#running.delete(id);
      this.note(indent + stepLine(step, this.#form()));
      if (callsTools(step)) this.#forgetText();
    } else if (event.type === 'StepAttemptFailed') {
      this.note(indent + style.yellow(`! ${step.key} ${step.name}: ${attemptText(event.data)}`));
    } else if (event.type === 'StepWaiting') {
      this.note(indent + style.dim(`… ${waitText(step, event.data)}`));
    } else if (event.type === 'StepOutcomeUnknown') {
      this.note(indent + style.yellow(`? ${step.key} ${step.name}: it is not known whether its effect happened`));
    }
  }

  #indent(executionId: string): number {
    if (!this.#executions.includes(executionId)) this.#executions.push(executionId);
    return this.#executions.indexOf(executionId) === 0 ? 0 : 1;
  }

  #form() {
    return { style: this.#context.noticeStyle, width: this.#context.noticeWidth - 1 };
  }

  /** Text that ended without a line end would run into what follows. */
  #closeLine(): void {
    if (!this.#openLine) return;
    const rest = this.#wrap?.end() ?? '';
    this.#context.surroundings.stdout.write(`${rest}${this.#wrap?.push('\n')}\n`);
    this.#openLine = false;
  }

  #drawStatus(): void {
    const [line] = [...this.#running.values()].slice(-1);
    if (line === undefined || this.#openLine || this.#context.surroundings.stderr.isTTY !== true) return;
    this.#context.surroundings.stderr.write(line);
    this.#status = true;
  }

  #clearStatus(): void {
    if (!this.#status) return;
    this.#context.surroundings.stderr.write(CLEAR_LINE);
    this.#status = false;
  }
}

function waitText({ key, kind, name }: LiveStep, { until }: EventView['data']): string {
  if (kind === 'approval') return `${key} waits for a decision`;
  if (kind === 'task') return `${key} waits for ${name}`;
  return typeof until === 'string' ? `${key} waits until ${formatTime(until)}` : `${key} ${name} waits`;
}

function attemptText({ attempt, error, retryInMilliseconds }: EventView['data']): string {
  const message = isRecord(error) && typeof error['message'] === 'string' ? oneLine(error['message']) : '';
  const again = typeof retryInMilliseconds === 'number' ? `, again in ${formatDuration(retryInMilliseconds)}` : '';
  return `attempt ${typeof attempt === 'number' ? attempt : ''} failed: ${message}${again}`;
}
