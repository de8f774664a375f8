import type { EphemeralView, EventView, StepView } from '#contract';

import { isRecord } from './compact-value.ts';

type Data = Readonly<Record<string, unknown>>;

/** What is known of a step while its execution runs. */
export interface LiveStep {
  readonly executionId: string;
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
  readonly usage?: StepView['usage'];
  readonly durationMilliseconds?: number;
}

/**
 * Puts steps together from the events of a task: the end of a step leaves out what its beginning
 * told, and the arguments of a tool stand in the model step that called it.
 */
export class StepLedger {
  readonly #steps = new Map<string, LiveStep>();

  /** The step that an event of the log or of the moment is about, as it is known now. */
  apply(event: EventView | EphemeralView): LiveStep | undefined {
    const data: Data = event.data;
    // What happens just now names its step, what is kept is about one.
    const key = 'stream' in event ? data['key'] : data['step'];
    if (typeof key !== 'string') return undefined;
    const executionId = 'stream' in event ? event.stream.replace(/^execution-/, '') : event.executionId;
    const id = `${executionId}/${key}`;
    const known = this.#steps.get(id);
    const { error: _, ...before } = known ?? { executionId, key, kind: '', name: '' };
    // The failure of an attempt is over when the next one begins.
    const step = { ...before, ...this.#told(data, executionId) };
    this.#steps.set(id, step);
    return step;
  }

  #told(data: Data, executionId: string): Partial<LiveStep> {
    const { kind, name, input, output, error, usage, durationMilliseconds } = data;
    return {
      ...(typeof kind === 'string' ? { kind } : {}),
      ...(typeof name === 'string' ? { name } : {}),
      ...(input === undefined ? {} : { input: this.#resolved(input, executionId) }),
      ...(output === undefined ? {} : { output }),
      ...(isRecord(error) ? { error: { code: String(error['code']), message: String(error['message']) } } : {}),
      ...(isRecord(usage) ? { usage } : {}),
      ...(typeof durationMilliseconds === 'number' ? { durationMilliseconds } : {}),
    };
  }

  /** `<step>#<part>` names a part of a model step's answer. */
  #resolved(input: unknown, executionId: string): unknown {
    if (!isRecord(input) || typeof input['call'] !== 'string') return input;
    const [key, part] = input['call'].split('#');
    const output = this.#steps.get(`${executionId}/${key}`)?.output;
    const content: unknown = isRecord(output) ? output['content'] : undefined;
    const called: unknown = Array.isArray(content) ? content[Number(part)] : undefined;
    return isRecord(called) ? { arguments: called['arguments'] } : input;
  }
}
