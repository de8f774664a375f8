import { AppError } from '../../kernel/errors.ts';
import type { VendorModels, VendorSettings } from './vendor.ts';

/** Any server that speaks OpenAI's Chat Completions: Ollama, llama.cpp, vLLM, LM Studio, gateways. */
export async function loadCompatible(settings: VendorSettings): Promise<VendorModels> {
  if (settings.baseUrl === undefined) throw new AppError('MODEL_NOT_FOUND', 'compatible/… needs OPENAI_BASE_URL');
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  const provider = createOpenAICompatible({
    name: 'compatible',
    baseURL: settings.baseUrl,
    fetch: settings.fetch,
    includeUsage: true,
    ...(settings.apiKey === undefined ? {} : { apiKey: settings.apiKey }),
  });
  return (modelId) => provider.chatModel(modelId);
}
