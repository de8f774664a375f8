import type { VendorSettings, VendorModels } from './vendor.ts';

const OPENAI_URL = 'https://api.openai.com/v1';

/**
 * OpenAI: the Responses API at api.openai.com, Chat Completions at any other address. The address
 * is always given, because the package would else read it from the environment by itself.
 */
export async function loadOpenai(settings: VendorSettings): Promise<VendorModels> {
  const { createOpenAI } = await import('@ai-sdk/openai');
  const provider = createOpenAI({
    apiKey: settings.apiKey ?? '',
    baseURL: settings.baseUrl ?? OPENAI_URL,
    fetch: settings.fetch,
  });
  return settings.baseUrl === undefined
    ? (modelId) => provider.responses(modelId)
    : (modelId) => provider.chat(modelId);
}
