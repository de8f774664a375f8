import type { LanguageModelV4 } from '@ai-sdk/provider';

import type { Clock } from '../../kernel/clock.ts';
import type {
  ModelAnswer,
  ModelCallOptions,
  ModelDelta,
  ModelGateway,
  ModelRequest,
} from '../../kernel/ports/language-model.ts';
import { withinBounds } from '../../utils/within-bounds.ts';
import { invalidAnswer, type RawAnswer, toAnswer } from './answer-mapping.ts';
import { assembleAnswer } from './answer-stream.ts';
import type { ModelConfiguration } from './model-configuration.ts';
import { toModelError } from './model-error.ts';
import type { PricedUsage, PriceTable } from './price-table.ts';
import { toCallOptions } from './prompt-mapping.ts';
import { createProviderRegistry, type ProviderRegistry } from './provider-registry.ts';
import type { ToolNames } from './tool-names.ts';

export interface ModelGatewayDependencies {
  readonly configuration: ModelConfiguration;
  readonly clock: Clock;
  readonly prices: PriceTable;
  /** Makes the model `local/rules`; called at its first use. */
  readonly localRules: () => LanguageModelV4 | Promise<LanguageModelV4>;
  /** Models of the embedding program, by the prefix under which agents name them. */
  readonly custom?: Readonly<Record<string, (modelId: string) => LanguageModelV4>> | undefined;
  /** How servers are reached; undici without waiting limits unless given. */
  readonly fetch?: typeof globalThis.fetch;
  readonly limits?: Partial<AnswerLimits>;
}

/** How much one answer may be; more is MODEL_OUTPUT_INVALID. */
export interface AnswerLimits {
  /** Characters of text, thought and arguments together; 4 million unless given. */
  readonly characters: number;
  /** Bytes on the wire, where a stream takes some fifty times its text; 256 MiB unless given. */
  readonly responseBytes: number;
}

const LIMITS: AnswerLimits = { characters: 4_000_000, responseBytes: 256 * 1024 * 1024 };

/**
 * All models behind the port, over the provider interface of the AI SDK (LanguageModelV4, used
 * directly: no retries of its own, one HTTP request for one call). With `onDelta` the model is
 * asked to stream, without it not.
 *
 * Tool names and schemas are adapted to what the provider takes, names in the history too. Parts
 * with provider metadata (signed thoughts) go back in their place as they came. The signal ends the
 * request down to its socket, also while the answer is read.
 * @throws AppError CONFIGURATION_INVALID naming the variable at fault.
 */
export function createModelGateway(dependencies: ModelGatewayDependencies): ModelGateway {
  const limits = { ...LIMITS, ...dependencies.limits };
  const registry = createProviderRegistry({
    configuration: dependencies.configuration,
    localRules: dependencies.localRules,
    custom: dependencies.custom,
    fetch: dependencies.fetch,
    maximumResponseBytes: limits.responseBytes,
  });
  return {
    defaultModel: registry.defaultModel,
    list: () => registry.list(),
    assertKnown: (model) => {
      registry.find(model);
    },
    generate: (request, options) => generate({ ...dependencies, limits, registry }, { request, call: options }),
  };
}

interface Gateway {
  readonly registry: ProviderRegistry;
  readonly clock: Clock;
  readonly prices: PriceTable;
  readonly limits: AnswerLimits;
}

async function generate(
  gateway: Gateway,
  { request, call }: { readonly request: ModelRequest; readonly call: ModelCallOptions },
): Promise<ModelAnswer> {
  const { model } = request;
  const { traits, load } = gateway.registry.find(model);
  try {
    const { options, names } = toCallOptions(request, traits);
    const { onDelta } = call;
    // Whatever ends the call ends the request, so that no stream runs on behind an answer that was refused.
    return await withinBounds({ signal: call.signal }, async (abortSignal) => {
      const raw = await ask({ gateway, model, names, options: { ...options, abortSignal }, load, onDelta });
      const { warnings, ...answer } = toAnswer(raw, { names, model });
      const costMicrodollars = gateway.prices.costMicrodollars(model, toPricedUsage(raw));
      return {
        ...answer,
        ...(costMicrodollars === undefined ? {} : { costMicrodollars }),
        modelId: raw.modelId ?? model.slice(traits.name.length + 1),
        ...(warnings.length === 0 ? {} : { warnings }),
      };
    });
  } catch (error) {
    call.signal.throwIfAborted();
    throw toModelError(error, { model, secrets: gateway.registry.secrets, clock: gateway.clock });
  }
}

interface Asking {
  readonly gateway: Gateway;
  readonly model: string;
  readonly names: ToolNames;
  readonly options: Parameters<LanguageModelV4['doGenerate']>[0];
  readonly load: () => Promise<LanguageModelV4>;
  readonly onDelta: ((delta: ModelDelta) => void) | undefined;
}

async function ask({ gateway, model, names, options, load, onDelta }: Asking): Promise<RawAnswer> {
  const languageModel = await load();
  const { characters: maximumCharacters } = gateway.limits;
  if (onDelta !== undefined) {
    const { stream } = await languageModel.doStream(options);
    return assembleAnswer(stream, { model, names, onDelta, maximumCharacters });
  }
  const { content, finishReason, usage, warnings, response } = await languageModel.doGenerate(options);
  if (JSON.stringify(content).length > maximumCharacters) {
    throw invalidAnswer({ model, what: `answered with more than ${maximumCharacters} characters` });
  }
  return { content, finishReason, usage, warnings, modelId: response?.modelId };
}

function toPricedUsage({ usage }: RawAnswer): PricedUsage {
  return {
    inputTokens: usage.inputTokens.total,
    outputTokens: usage.outputTokens.total,
    cachedInputTokens: usage.inputTokens.cacheRead,
    cacheWriteTokens: usage.inputTokens.cacheWrite,
  };
}
