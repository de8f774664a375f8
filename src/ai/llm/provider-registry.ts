import type { LanguageModelV4, SharedV4ProviderOptions } from '@ai-sdk/provider';

import { AppError } from '../../kernel/errors.ts';
import { boundedFetch, createPatientFetch } from './bounded-fetch.ts';
import { checkModelConfiguration, type ModelConfiguration } from './model-configuration.ts';
import { parseModelReference } from './model-reference.ts';
import type { SchemaDialect } from './tool-schema.ts';
import type { VendorModels, VendorSettings } from './vendor.ts';

/** How calls to a provider differ. */
export interface ProviderTraits {
  readonly name: string;
  /** The key of the provider's metadata in the parts it answers with. */
  readonly metadataKey: string;
  readonly schemaDialect: SchemaDialect;
  /** Whether tool names have to be mapped to what providers accept. */
  readonly mapsToolNames: boolean;
  readonly options?: SharedV4ProviderOptions;
}

interface Provider extends ProviderTraits {
  readonly configured: boolean;
  /** Why it can be used, or what to set so that it can. */
  readonly reason: string;
  /** The model to take where none is named; not every provider has one. */
  readonly defaultModelId?: string;
  readonly secret?: string | undefined;
  readonly models: () => Promise<VendorModels>;
}

export interface ProviderRegistryDependencies {
  readonly configuration: ModelConfiguration;
  /** Makes `local/rules`; called at its first use. */
  readonly localRules: () => LanguageModelV4 | Promise<LanguageModelV4>;
  /** Providers of the embedding program, by the prefix of their models. */
  readonly custom?: Readonly<Record<string, VendorModels>> | undefined;
  /** How servers are reached; undici without waiting limits unless given. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Bytes of one response; a stream carries about fifty times its text. */
  readonly maximumResponseBytes: number;
}

export interface ProviderRegistry {
  /** @throws AppError MODEL_NOT_FOUND */
  readonly find: (model: string) => { readonly traits: ProviderTraits; readonly load: () => Promise<LanguageModelV4> };
  readonly list: () => readonly { readonly provider: string; readonly configured: boolean; readonly reason: string }[];
  readonly defaultModel: { readonly model: string; readonly reason: string };
  /** Keys that must not show in a message. */
  readonly secrets: readonly string[];
}

/**
 * The providers by their prefix. A vendor's package is imported at the first call of one of its
 * models and not before.
 * @throws AppError CONFIGURATION_INVALID naming the variable: a base URL that is none, or a
 *   `DEFAULT_MODEL` that can't be used.
 */
export function createProviderRegistry(dependencies: ProviderRegistryDependencies): ProviderRegistry {
  const configuration = checkModelConfiguration(dependencies.configuration);
  const providers = new Map(
    createProviders({ ...dependencies, configuration }).map((provider) => [provider.name, provider]),
  );
  const find: ProviderRegistry['find'] = (model) => {
    const { provider, modelId } = findProvider(providers, model);
    return { traits: provider, load: async () => (await provider.models())(modelId) };
  };
  return {
    find,
    list: () => [...providers.values()].map(({ name, configured, reason }) => ({ provider: name, configured, reason })),
    defaultModel: chooseDefaultModel([...providers.values()], { configuration, find }),
    secrets: [...providers.values()].flatMap(({ secret }) => (secret === undefined ? [] : [secret])),
  };
}

function findProvider(
  providers: ReadonlyMap<string, Provider>,
  model: string,
): { readonly provider: Provider; readonly modelId: string } {
  const { provider: name, modelId } = parseModelReference(model);
  const provider = providers.get(name);
  if (provider === undefined) {
    const known = [...providers.keys()];
    throw new AppError(
      'MODEL_NOT_FOUND',
      `"${model}": there is no provider "${name}"; use one of ${known.join(', ')}`,
      {
        details: { model, known },
      },
    );
  }
  if (!provider.configured) {
    throw new AppError('MODEL_NOT_FOUND', `"${model}": ${provider.reason}`, { details: { model, provider: name } });
  }
  if (name === 'local' && modelId !== 'rules') {
    throw new AppError('MODEL_NOT_FOUND', `"${model}": the only local model is local/rules`, { details: { model } });
  }
  return { provider, modelId };
}

function chooseDefaultModel(
  providers: readonly Provider[],
  { configuration, find }: Pick<ProviderRegistry, 'find'> & { readonly configuration: ModelConfiguration },
): ProviderRegistry['defaultModel'] {
  const { defaultModel } = configuration;
  if (defaultModel !== undefined) {
    try {
      find(defaultModel);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new AppError('CONFIGURATION_INVALID', `DEFAULT_MODEL ${message}`, { cause: error });
    }
    return { model: defaultModel, reason: 'DEFAULT_MODEL names it' };
  }
  for (const { name, configured, defaultModelId, reason } of providers) {
    if (configured && defaultModelId !== undefined && name !== 'local') {
      return { model: `${name}/${defaultModelId}`, reason };
    }
  }
  const reason =
    configuration.openaiBaseUrl === undefined
      ? 'no key found'
      : 'OPENAI_BASE_URL is set, but no model of it is named: set DEFAULT_MODEL=compatible/<name>';
  return { model: 'local/rules', reason };
}

type ProviderFactoryInput = ProviderRegistryDependencies & { readonly configuration: ModelConfiguration };

/** In the order in which a default model is looked for. */
function createProviders(input: ProviderFactoryInput): readonly Provider[] {
  const { configuration, localRules } = input;
  const fetch = once(async () => boundedFetch(input.fetch ?? (await createPatientFetch()), input.maximumResponseBytes));
  const vendor = (
    load: (settings: VendorSettings) => Promise<VendorModels>,
    settings: Omit<VendorSettings, 'fetch'>,
  ): Provider['models'] => once(async () => load({ ...settings, fetch: await fetch() }));
  const local = once(async () => {
    const model = await localRules();
    return () => model;
  });
  return [
    ...Object.entries(input.custom ?? {}).map(([name, models]) => customProvider(name, models)),
    openaiProvider(configuration, vendor),
    anthropicProvider(configuration, vendor),
    googleProvider(configuration, vendor),
    compatibleProvider(configuration, vendor),
    {
      name: 'local',
      metadataKey: 'local',
      schemaDialect: 'standard',
      mapsToolNames: false,
      configured: true,
      reason: 'built in; not an LLM',
      defaultModelId: 'rules',
      models: local,
    },
  ];
}

/** Of a model that another program brings along nothing is known, so that it gets what any provider takes. */
function customProvider(name: string, models: VendorModels): Provider {
  return {
    name,
    metadataKey: name,
    schemaDialect: 'standard',
    mapsToolNames: true,
    configured: true,
    reason: 'given by the program',
    models: async () => models,
  };
}

type VendorFactory = (
  load: (settings: VendorSettings) => Promise<VendorModels>,
  settings: Omit<VendorSettings, 'fetch'>,
) => Provider['models'];

function openaiProvider({ openaiApiKey, openaiBaseUrl }: ModelConfiguration, vendor: VendorFactory): Provider {
  const own = openaiBaseUrl === undefined;
  return {
    name: 'openai',
    metadataKey: 'openai',
    schemaDialect: 'standard',
    mapsToolNames: true,
    ...keyed('OPENAI_API_KEY', openaiApiKey),
    // Nothing is kept at OpenAI; so its reasoning comes back encrypted, and is sent back whole.
    ...(own ? { defaultModelId: 'gpt-5.4', options: { openai: { store: false } } } : {}),
    models: vendor(async (settings) => (await import('./vendor-openai.ts')).loadOpenai(settings), {
      apiKey: openaiApiKey,
      baseUrl: openaiBaseUrl,
    }),
  };
}

function anthropicProvider({ anthropicApiKey, anthropicBaseUrl }: ModelConfiguration, vendor: VendorFactory): Provider {
  return {
    name: 'anthropic',
    metadataKey: 'anthropic',
    schemaDialect: 'standard',
    mapsToolNames: true,
    ...keyed('ANTHROPIC_API_KEY', anthropicApiKey),
    defaultModelId: 'claude-sonnet-4-6',
    models: vendor(async (settings) => (await import('./vendor-anthropic.ts')).loadAnthropic(settings), {
      apiKey: anthropicApiKey,
      baseUrl: anthropicBaseUrl,
    }),
  };
}

function googleProvider({ googleApiKey, googleBaseUrl }: ModelConfiguration, vendor: VendorFactory): Provider {
  return {
    name: 'google',
    metadataKey: 'google',
    schemaDialect: 'google',
    mapsToolNames: true,
    ...keyed('GOOGLE_GENERATIVE_AI_API_KEY', googleApiKey),
    defaultModelId: 'gemini-3.5-flash',
    models: vendor(async (settings) => (await import('./vendor-google.ts')).loadGoogle(settings), {
      apiKey: googleApiKey,
      baseUrl: googleBaseUrl,
    }),
  };
}

function compatibleProvider({ openaiApiKey, openaiBaseUrl }: ModelConfiguration, vendor: VendorFactory): Provider {
  const configured = openaiBaseUrl !== undefined;
  return {
    name: 'compatible',
    metadataKey: 'compatible',
    schemaDialect: 'standard',
    mapsToolNames: true,
    configured,
    reason: configured ? 'OPENAI_BASE_URL is set' : 'set OPENAI_BASE_URL, such as http://127.0.0.1:11434/v1',
    models: vendor(async (settings) => (await import('./vendor-compatible.ts')).loadCompatible(settings), {
      apiKey: openaiApiKey,
      baseUrl: openaiBaseUrl,
    }),
  };
}

function keyed(variable: string, secret: string | undefined): Pick<Provider, 'configured' | 'reason' | 'secret'> {
  return secret === undefined
    ? { configured: false, reason: `set ${variable}` }
    : { configured: true, reason: `${variable} is set`, secret };
}

/** Runs it once; a failed run is forgotten, so that the next call tries anew. */
function once<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined;
  return () => {
    running ??= run().catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    return running;
  };
}
