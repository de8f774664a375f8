import { AppError } from '../../kernel/errors.ts';

/**
 * What decides which models there are; each field is the environment variable of the same name
 * (`openaiApiKey` is `OPENAI_API_KEY`, `googleApiKey` is `GOOGLE_GENERATIVE_AI_API_KEY`). Empty
 * text counts as not set.
 *
 * **`OPENAI_BASE_URL`** names an OpenAI-compatible server (Ollama, llama.cpp, vLLM, LM Studio, a
 * gateway) and moves everything that speaks OpenAI's language there:
 * - `compatible/<name>` goes to it, with `OPENAI_API_KEY` as its bearer token if there is one;
 * - `openai/<name>` goes to it too, as with OpenAI's own client libraries, over Chat Completions,
 *   which every such server has (without it, `openai/<name>` goes to api.openai.com over the
 *   Responses API). So who points the factory at a server of their own sends nothing to OpenAI,
 *   whatever prefix an agent uses; who wants both at once puts a gateway there.
 * - api.openai.com itself in it is the same as not setting it;
 * - no model of it is ever guessed: name one in an agent or in `DEFAULT_MODEL`.
 */
export interface ModelConfiguration {
  /** `provider/model` for agents that name none. */
  readonly defaultModel?: string | undefined;
  readonly openaiApiKey?: string | undefined;
  readonly openaiBaseUrl?: string | undefined;
  readonly anthropicApiKey?: string | undefined;
  /** In place of https://api.anthropic.com/v1. */
  readonly anthropicBaseUrl?: string | undefined;
  readonly googleApiKey?: string | undefined;
  /** In place of https://generativelanguage.googleapis.com/v1beta. */
  readonly googleBaseUrl?: string | undefined;
}

/** The configuration with empty text taken out and its URLs checked. */
export function checkModelConfiguration(configuration: ModelConfiguration): ModelConfiguration {
  const given = Object.entries(configuration).flatMap(([name, value]: [string, string | undefined]) =>
    value === undefined || value.trim() === '' ? [] : [[name, value.trim()] as const],
  );
  const { openaiBaseUrl, ...checked }: ModelConfiguration = Object.fromEntries(given);
  assertHttpUrl('OPENAI_BASE_URL', openaiBaseUrl);
  assertHttpUrl('ANTHROPIC_BASE_URL', checked.anthropicBaseUrl);
  assertHttpUrl('GOOGLE_BASE_URL', checked.googleBaseUrl);
  const isOpenai = openaiBaseUrl === undefined || new URL(openaiBaseUrl).host === 'api.openai.com';
  return isOpenai ? checked : { ...checked, openaiBaseUrl };
}

function assertHttpUrl(variable: string, value: string | undefined): void {
  if (value === undefined) return;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return;
  throw new AppError(
    'CONFIGURATION_INVALID',
    `${variable} is not an http or https URL; write it whole, such as http://127.0.0.1:11434/v1`,
    { details: { variable } },
  );
}
