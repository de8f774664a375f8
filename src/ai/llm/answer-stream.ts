import type {
  LanguageModelV4Content,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolCall,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';

import type { ModelDelta } from '../../kernel/ports/language-model.ts';
import { answerCutOff, invalidAnswer, type RawAnswer } from './answer-mapping.ts';
import type { ToolNames } from './tool-names.ts';

/** What an answer is put together with. */
export interface AnswerAssembly {
  readonly model: string;
  readonly names: ToolNames;
  readonly onDelta: (delta: ModelDelta) => void;
  /** Characters of text, thought and arguments together. */
  readonly maximumCharacters: number;
}

type StreamPart<Type extends LanguageModelV4StreamPart['type']> = Extract<LanguageModelV4StreamPart, { type: Type }>;

/** A part while it comes in; `type` says what it will be. */
interface Draft {
  readonly type: 'text' | 'reasoning' | 'tool-call';
  text: string;
  metadata: SharedV4ProviderMetadata | undefined;
  /** Of a tool call. */
  readonly call: { readonly id: string; readonly name: string } | undefined;
  /** The finished part, where the stream gave it whole. */
  whole: LanguageModelV4Content | undefined;
}

/**
 * Puts the answer of a stream together, its parts in the order in which they began, each with the
 * metadata of its start, deltas and end merged (a signature comes last).
 * @throws AppError MODEL_UNAVAILABLE where the stream ends without its finish part,
 *   MODEL_OUTPUT_INVALID where it is longer than allowed; and whatever an `error` part holds.
 */
export async function assembleAnswer(
  stream: ReadableStream<LanguageModelV4StreamPart>,
  assembly: AnswerAssembly,
): Promise<RawAnswer> {
  const assembler = new AnswerAssembler(assembly);
  for await (const part of stream) assembler.accept(part);
  return assembler.finish();
}

class AnswerAssembler {
  readonly #assembly: AnswerAssembly;
  readonly #drafts: Draft[] = [];
  /** Drafts that still grow, by kind and id; a provider may use an id again once it is closed. */
  readonly #open = new Map<string, Draft>();
  readonly #warnings: RawAnswer['warnings'] = [];
  #finish: StreamPart<'finish'> | undefined;
  #modelId: string | undefined;
  #characters = 0;

  constructor(assembly: AnswerAssembly) {
    this.#assembly = assembly;
  }

  accept(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start':
        this.#begin(part.type === 'text-start' ? 'text' : 'reasoning', part);
        return;
      case 'text-delta':
      case 'reasoning-delta':
        this.#grow(part.type === 'text-delta' ? 'text' : 'reasoning', part);
        return;
      case 'text-end':
      case 'reasoning-end':
        this.#end(part.type === 'text-end' ? 'text' : 'reasoning', part);
        return;
      case 'tool-input-start':
        if (part.providerExecuted !== true) this.#begin('tool-call', part);
        return;
      case 'tool-input-delta':
        this.#growToolCall(part);
        return;
      case 'tool-call':
        this.#completeToolCall(part);
        return;
      default:
        this.#acceptOther(part);
    }
  }

  #acceptOther(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'stream-start':
        this.#warnings.push(...part.warnings);
        return;
      case 'response-metadata':
        this.#modelId = part.modelId ?? this.#modelId;
        return;
      case 'finish':
        this.#finish = part;
        return;
      case 'error':
        throw part.error;
      case 'file':
        this.#count(part.data.type === 'data' ? part.data.data.length : 0);
        this.#add({ type: 'text', text: '', metadata: undefined, call: undefined, whole: part });
        return;
      default:
    }
  }

  finish(): RawAnswer {
    if (this.#finish === undefined) throw answerCutOff(this.#assembly.model);
    return {
      content: this.#drafts.map(toContent),
      finishReason: this.#finish.finishReason,
      usage: this.#finish.usage,
      warnings: this.#warnings,
      modelId: this.#modelId,
    };
  }

  #begin(type: Draft['type'], part: StreamPart<'text-start' | 'reasoning-start' | 'tool-input-start'>): Draft {
    const call = part.type === 'tool-input-start' ? { id: part.id, name: part.toolName } : undefined;
    const draft: Draft = { type, text: '', metadata: part.providerMetadata, call, whole: undefined };
    this.#open.set(`${type}:${part.id}`, draft);
    return this.#add(draft);
  }

  #grow(type: 'text' | 'reasoning', part: StreamPart<'text-delta' | 'reasoning-delta'>): void {
    const draft = this.#open.get(`${type}:${part.id}`) ?? this.#begin(type, { type: `${type}-start`, id: part.id });
    this.#append(draft, part.delta);
    draft.metadata = merged(draft.metadata, part.providerMetadata);
    if (part.delta === '') return;
    this.#assembly.onDelta({ type: `${type}-delta`, index: this.#drafts.indexOf(draft), text: part.delta });
  }

  #end(type: 'text' | 'reasoning', part: StreamPart<'text-end' | 'reasoning-end'>): void {
    const draft = this.#open.get(`${type}:${part.id}`);
    if (draft !== undefined) draft.metadata = merged(draft.metadata, part.providerMetadata);
    this.#open.delete(`${type}:${part.id}`);
  }

  #growToolCall(part: StreamPart<'tool-input-delta'>): void {
    const draft = this.#open.get(`tool-call:${part.id}`);
    if (draft?.call === undefined) return;
    this.#append(draft, part.delta);
    this.#emitToolCall(draft, { call: draft.call, text: part.delta });
  }

  /** The whole call; where none of it was streamed, it is handed on as one piece. */
  #completeToolCall(part: LanguageModelV4ToolCall): void {
    const open = this.#open.get(`tool-call:${part.toolCallId}`);
    this.#open.delete(`tool-call:${part.toolCallId}`);
    const call = { id: part.toolCallId, name: part.toolName };
    const draft = open ?? this.#add({ type: 'tool-call', text: '', metadata: undefined, call, whole: undefined });
    if (draft.text === '' && part.providerExecuted !== true) {
      this.#append(draft, part.input);
      this.#emitToolCall(draft, { call, text: part.input });
    }
    const providerMetadata = merged(draft.metadata, part.providerMetadata);
    draft.whole = providerMetadata === undefined ? part : { ...part, providerMetadata };
  }

  #emitToolCall(
    draft: Draft,
    { call, text }: { readonly call: NonNullable<Draft['call']>; readonly text: string },
  ): void {
    const { names, onDelta } = this.#assembly;
    onDelta({
      type: 'tool-call-delta',
      index: this.#drafts.indexOf(draft),
      id: call.id,
      name: names.fromWire(call.name),
      text,
    });
  }

  #append(draft: Draft, text: string): void {
    this.#count(text.length);
    draft.text += text;
  }

  #count(characters: number): void {
    this.#characters += characters;
    const { model, maximumCharacters } = this.#assembly;
    if (this.#characters > maximumCharacters) {
      throw invalidAnswer({ model, what: `answered with more than ${maximumCharacters} characters` });
    }
  }

  #add(draft: Draft): Draft {
    this.#drafts.push(draft);
    return draft;
  }
}

/** A call that was begun and never completed keeps what came of its arguments. */
function toContent(draft: Draft): LanguageModelV4Content {
  if (draft.whole !== undefined) return draft.whole;
  const providerMetadata = draft.metadata === undefined ? {} : { providerMetadata: draft.metadata };
  if (draft.type === 'tool-call' && draft.call !== undefined) {
    const { id, name } = draft.call;
    return { type: 'tool-call', toolCallId: id, toolName: name, input: draft.text, ...providerMetadata };
  }
  return { type: draft.type === 'reasoning' ? 'reasoning' : 'text', text: draft.text, ...providerMetadata };
}

/** Provider by provider; what comes later replaces what came before under the same key. */
function merged(
  before: SharedV4ProviderMetadata | undefined,
  after: SharedV4ProviderMetadata | undefined,
): SharedV4ProviderMetadata | undefined {
  if (before === undefined || after === undefined) return after ?? before;
  const result = { ...before };
  for (const [provider, values] of Object.entries(after)) result[provider] = { ...result[provider], ...values };
  return result;
}
