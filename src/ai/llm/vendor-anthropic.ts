import type { VendorModels, VendorSettings } from './vendor.ts';

const ANTHROPIC_URL = 'https://api.anthropic.com/v1';

/** Anthropic's Messages API; the address is always given, else the package reads the environment. */
export async function loadAnthropic(settings: VendorSettings): Promise<VendorModels> {
  const { createAnthropic } = await import('@ai-sdk/anthropic');
  const provider = createAnthropic({
    apiKey: settings.apiKey ?? '',
    baseURL: settings.baseUrl ?? ANTHROPIC_URL,
    fetch: settings.fetch,
  });
  return (modelId) => provider.languageModel(modelId);
}
