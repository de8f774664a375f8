import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';

/** One answer of a scripted model. */
export interface ModelTurn {
  readonly text?: string;
  /** A thought, and what the provider wants back with it. */
  readonly reasoning?: { readonly text: string; readonly metadata?: SharedV4ProviderMetadata };
  /** `arguments` as text is what the model wrote, JSON or not. */
  readonly toolCalls?: readonly { readonly name: string; readonly arguments?: unknown; readonly id?: string }[];
  /** Input and output tokens; 10 and 5 unless given. */
  readonly tokens?: readonly [input: number, output: number];
  /** Thrown instead of an answer. */
  readonly throws?: unknown;
  /** Says nothing until it is aborted. */
  readonly hangs?: boolean;
  /** Goes on with its text, again and again, until it is aborted. */
  readonly endless?: boolean;
}

/** What a script is told of the call it answers. */
export interface ScriptedCall {
  readonly prompt: LanguageModelV4CallOptions['prompt'];
  /** The last message's text, or the results of the tools it tells of. */
  readonly last: string;
  /** Counts the calls of this script: 1, 2, 3, … */
  readonly number: number;
  /** How many answers the prompt already holds. */
  readonly turn: number;
  readonly options: LanguageModelV4CallOptions;
}

export type Script = (call: ScriptedCall) => ModelTurn | Promise<ModelTurn>;

/** Scripts by the name of their model, with a record of every call made. */
export class ScriptedModels {
  readonly #scripts = new Map<string, Script>();
  readonly #calls = new Map<string, ScriptedCall[]>();
  #named = 0;

  /** Registers a script; answers the reference under which agents name it. */
  add(script: Script): string {
    this.#named += 1;
    const name = `model-${this.#named}`;
    this.#scripts.set(name, script);
    return `scripted/${name}`;
  }

  /** The calls made of a model so far. */
  calls(model: string): readonly ScriptedCall[] {
    return this.#calls.get(model.slice('scripted/'.length)) ?? [];
  }

  get total(): number {
    return [...this.#calls.values()].reduce((sum, calls) => sum + calls.length, 0);
  }

  /** As a provider of the factory. */
  readonly provider = (modelId: string): LanguageModelV4 => ({
    specificationVersion: 'v4',
    provider: 'scripted',
    modelId,
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('the runtime streams')),
    doStream: async (options) => ({ stream: this.#stream(modelId, options) }),
  });

  #stream(modelId: string, options: LanguageModelV4CallOptions): ReadableStream<LanguageModelV4StreamPart> {
    const script = this.#scripts.get(modelId);
    if (script === undefined) throw new Error(`there is no script for ${modelId}`);
    const calls = this.#calls.get(modelId) ?? [];
    this.#calls.set(modelId, calls);
    const { prompt } = options;
    const turn = prompt.filter((message) => message.role === 'assistant').length;
    const call = { prompt, last: lastText(prompt), number: calls.length + 1, turn, options };
    calls.push(call);
    return ReadableStream.from(partsOf(script, call));
  }
}

async function* partsOf(script: Script, call: ScriptedCall): AsyncGenerator<LanguageModelV4StreamPart> {
  yield { type: 'stream-start', warnings: [] };
  const turn = await script(call);
  const { abortSignal } = call.options;
  if (turn.throws !== undefined) throw turn.throws;
  if (turn.hangs === true) await aborted(abortSignal);
  if (turn.reasoning !== undefined) {
    const { text, metadata } = turn.reasoning;
    yield { type: 'reasoning-start', id: 'r' };
    yield { type: 'reasoning-delta', id: 'r', delta: text };
    yield { type: 'reasoning-end', id: 'r', ...(metadata === undefined ? {} : { providerMetadata: metadata }) };
  }
  while (turn.endless === true && abortSignal?.aborted !== true) {
    yield { type: 'text-delta', id: 't', delta: turn.text ?? '.' };
    await new Promise(setImmediate);
  }
  if (turn.text !== undefined) {
    yield { type: 'text-start', id: 't' };
    yield { type: 'text-delta', id: 't', delta: turn.text };
    yield { type: 'text-end', id: 't' };
  }
  for (const [index, { name, arguments: given = {}, id }] of (turn.toolCalls ?? []).entries()) {
    const input = typeof given === 'string' ? given : JSON.stringify(given);
    yield { type: 'tool-call', toolCallId: id ?? `call-${call.number}-${index}`, toolName: name, input };
  }
  yield finish(turn);
}

function finish({ tokens: [input, output] = [10, 5], toolCalls = [] }: ModelTurn): LanguageModelV4StreamPart {
  return {
    type: 'finish',
    finishReason: { unified: toolCalls.length > 0 ? 'tool-calls' : 'stop', raw: undefined },
    usage: {
      inputTokens: { total: input, noCache: input, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: output, text: output, reasoning: undefined },
    },
  };
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = (): void => reject(signal?.reason as Error);
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function lastText(prompt: LanguageModelV4CallOptions['prompt']): string {
  const last = prompt.at(-1);
  if (last === undefined) return '';
  if (typeof last.content === 'string') return last.content;
  return last.content
    .map((part) => {
      if (part.type === 'text') return part.text;
      return part.type === 'tool-result' ? JSON.stringify(part.output) : '';
    })
    .join('');
}

/** Calls a tool with each of the arguments in turn, then answers. */
export function callsThenAnswers(name: string, each: readonly unknown[], answer = 'done'): Script {
  return ({ turn }) => (turn < each.length ? { toolCalls: [{ name, arguments: each[turn] }] } : { text: answer });
}
