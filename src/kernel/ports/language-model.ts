import type { JsonObject, JsonValue } from '../../utils/json.ts';

/** What a provider wants back with a part in later calls (reasoning signatures and the like). */
export type ProviderMetadata = Readonly<Record<string, JsonObject>>;

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  readonly providerMetadata?: ProviderMetadata;
}

/** What a thinking model thought; kept, and sent back as it came. */
export interface ReasoningPart {
  readonly type: 'reasoning';
  readonly text: string;
  readonly providerMetadata?: ProviderMetadata;
}

export interface FilePart {
  readonly type: 'file';
  /** IANA media type. */
  readonly mediaType: string;
  /** An https URL or base64 of the bytes. */
  readonly data: { readonly url: string } | { readonly base64: string };
  readonly filename?: string;
}

export interface ToolCallPart {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** The parsed arguments; where the model's text did not parse, `unparsed` has it and this is null. */
  readonly arguments: JsonValue;
  readonly unparsed?: string;
  readonly providerMetadata?: ProviderMetadata;
}

export interface ToolResultPart {
  readonly type: 'tool-result';
  /** Id of the call it answers. */
  readonly id: string;
  readonly name: string;
  readonly result: JsonValue;
  readonly isError: boolean;
}

export type AssistantPart = TextPart | ReasoningPart | ToolCallPart | FilePart;

export interface SystemMessage {
  readonly role: 'system';
  readonly content: string;
}
export interface UserMessage {
  readonly role: 'user';
  readonly content: readonly (TextPart | FilePart)[];
}
export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: readonly AssistantPart[];
}
export interface ToolMessage {
  readonly role: 'tool';
  readonly content: readonly ToolResultPart[];
}
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** A tool as a model sees it. */
export interface ToolDescription {
  readonly name: string;
  readonly description: string;
  /** JSON Schema (draft 2020-12) of the arguments; `type: object`. */
  readonly parameters: JsonObject;
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string };

export interface ModelRequest {
  /** `provider/model`, such as `openai/gpt-5`, or `local/rules`. */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tools?: readonly ToolDescription[];
  readonly toolChoice?: ToolChoice;
  readonly maxOutputTokens?: number;
  /** 0 to 2; the provider's own default unless given. */
  readonly temperature?: number;
  readonly seed?: number;
  readonly stopSequences?: readonly string[];
  /** JSON Schema that the answer's text must fit as JSON; a provider that can is told to keep to it. */
  readonly outputSchema?: JsonObject;
  /** How long a thinking model may think; ignored, with a warning, where the model doesn't. */
  readonly effort?: 'none' | 'low' | 'medium' | 'high';
}

/** Tokens of one call; `undefined` where the provider didn't say. */
export interface TokenUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Part of the input that came from the provider's cache. */
  readonly cachedInputTokens?: number;
  /** Part of the output that was thinking. */
  readonly reasoningTokens?: number;
}

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error' | 'other';

export interface ModelAnswer {
  readonly content: readonly AssistantPart[];
  readonly finishReason: FinishReason;
  readonly usage: TokenUsage;
  /** Millionths of a US dollar by the price table; `undefined` where the model has no known price. */
  readonly costMicrodollars?: number;
  /** The model that answered, as the provider names it. */
  readonly modelId: string;
  readonly warnings?: readonly string[];
}

/** A piece of an answer as it comes. `index` counts the parts of the answer. */
export type ModelDelta =
  | { readonly type: 'text-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly index: number; readonly text: string }
  | {
      readonly type: 'tool-call-delta';
      readonly index: number;
      readonly id: string;
      readonly name: string;
      readonly text: string;
    };

export interface ModelCallOptions {
  readonly signal: AbortSignal;
  /** Called for every piece; the call streams only where this is given. Must not throw. */
  readonly onDelta?: (delta: ModelDelta) => void;
}

/** All models, behind one door. */
export interface ModelGateway {
  /**
   * One model call, without retries.
   * @throws AppError MODEL_NOT_FOUND, MODEL_REJECTED (not retryable), MODEL_UNAVAILABLE,
   *   MODEL_RATE_LIMITED (details.retryAfterMilliseconds), MODEL_OUTPUT_INVALID (retryable);
   *   an abort rejects with the signal's own reason.
   */
  generate(request: ModelRequest, options: ModelCallOptions): Promise<ModelAnswer>;
  /** @throws AppError MODEL_NOT_FOUND, naming the provider and what to configure. */
  assertKnown(model: string): void;
  /** The model agents get that name none, and why it is that one. */
  readonly defaultModel: { readonly model: string; readonly reason: string };
  /** Models that can be named now. */
  list(): readonly { readonly provider: string; readonly configured: boolean; readonly reason: string }[];
}
