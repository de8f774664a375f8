import type { VendorModels, VendorSettings } from './vendor.ts';

const GOOGLE_URL = 'https://generativelanguage.googleapis.com/v1beta';

/** Google's Gemini API. */
export async function loadGoogle(settings: VendorSettings): Promise<VendorModels> {
  const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
  const provider = createGoogleGenerativeAI({
    apiKey: settings.apiKey ?? '',
    baseURL: settings.baseUrl ?? GOOGLE_URL,
    fetch: settings.fetch,
  });
  return (modelId) => provider.languageModel(modelId);
}
