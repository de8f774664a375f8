import type { AssistantPart, Message, ToolCallPart } from '../../kernel/ports/language-model.ts';
import type { JsonObject, JsonValue } from '../../utils/json.ts';
import type { StepState } from './execution.ts';
import type { ModelStepInput, ModelStepOutput, ToolStepInput } from './execution-events.ts';
import { assistantMessage, toolMessage } from './step-messages.ts';

/**
 * Messages are shown in full up to so many characters of JSON altogether. Each model step repeats
 * those before it, so that 5,000 steps would make a text longer than the process can hold.
 */
const MOST_CHARACTERS = 16 * 1_024 * 1_024;

/** A message, or the reference to one that the journal doesn't hold. */
type Shown = Message | string;

/**
 * What the steps of one execution were given, with the journal's references resolved. Ask in the
 * order of the program. A model step is `{messages, tools?, settings?}`; once all that was shown
 * is too much, `{from, add, …}`: the messages of the model step `from`, and those behind them.
 */
export class StepInputs {
  readonly #steps: ReadonlyMap<string, StepState>;
  readonly #initial: readonly Message[];
  readonly #lengths = new Map<string, number>();
  readonly #given = new Map<string, readonly Shown[]>();
  #left: number;

  constructor(steps: ReadonlyMap<string, StepState>, initial: readonly Message[], mostCharacters = MOST_CHARACTERS) {
    this.#steps = steps;
    this.#initial = initial;
    this.#left = mostCharacters;
  }

  of(step: StepState): JsonValue {
    if (step.kind === 'model') return this.#modelInput(step.key, step.input as ModelStepInput);
    if (step.kind === 'tool') return this.#argumentsGiven(step.input as ToolStepInput);
    return step.input as JsonObject;
  }

  #modelInput(key: string, { from, add = [], ...settings }: Partial<ModelStepInput>): JsonValue {
    const added = add.flatMap((entry) => this.#resolve(entry));
    const before = from === undefined ? 0 : (this.#lengths.get(from) ?? 0);
    const length = before + JSON.stringify(added).length;
    this.#lengths.set(key, length);
    if (length > this.#left) return { ...(from === undefined ? {} : { from }), add: added, ...settings } as JsonValue;
    this.#left -= length;
    const messages = from === undefined ? added : [...(this.#given.get(from) ?? [from]), ...added];
    this.#given.set(key, messages);
    return { messages, ...settings } as unknown as JsonValue;
  }

  #resolve(entry: string | Message): readonly Shown[] {
    if (typeof entry !== 'string') return [entry];
    if (entry === 'initial') return this.#initial;
    if (entry.startsWith('initial:')) return [this.#initial[Number(entry.slice('initial:'.length))] ?? entry];
    return [this.#messageOf(this.#steps.get(entry)) ?? entry];
  }

  /** The message that a step made of its outcome. */
  #messageOf(step: StepState | undefined): Message | undefined {
    if (step?.kind === 'model') return assistantMessage(contentOf(step));
    if (step?.kind !== 'tool') return undefined;
    // Of a call that came from elsewhere than a model step, the journal holds no id.
    const call = this.#callOf(step.input as ToolStepInput) ?? { id: step.key, name: step.name };
    return toolMessage(call, step.error === undefined ? { output: step.output ?? null } : { error: step.error });
  }

  #argumentsGiven(input: ToolStepInput): JsonValue {
    if ('arguments' in input) return input.arguments;
    const call = this.#callOf(input);
    return call === undefined ? { ...input } : (call.unparsed ?? call.arguments);
  }

  /** The call that a model step made, by its place `<step>#<part>`. */
  #callOf(input: ToolStepInput): ToolCallPart | undefined {
    if (!('call' in input)) return undefined;
    const [key = '', part = ''] = input.call.split('#');
    const found = contentOf(this.#steps.get(key))[Number(part)];
    return found?.type === 'tool-call' ? found : undefined;
  }
}

function contentOf(step: StepState | undefined): readonly AssistantPart[] {
  return (step?.output as unknown as ModelStepOutput | undefined)?.content ?? [];
}
