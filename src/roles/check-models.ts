import type { Configuration } from '../config/index.ts';
import type { ModelGateway } from '../kernel/ports/language-model.ts';
import { errorMessage } from '../utils/error-code.ts';
import type { CheckResult } from './check-result.ts';

const ANSWER_MILLISECONDS = 3_000;

type Addresses = Pick<Configuration, 'OPENAI_BASE_URL' | 'ANTHROPIC_BASE_URL' | 'GOOGLE_BASE_URL'>;

export interface ModelsCheck {
  readonly configuration: Addresses;
  readonly models: Pick<ModelGateway, 'list' | 'defaultModel'>;
  /** Without trying to reach anybody. */
  readonly offline: boolean;
}

/**
 * Which models there are and why, and whether their providers can be reached: any answer counts,
 * and no key is sent.
 */
export async function checkModels({ configuration, models, offline }: ModelsCheck): Promise<CheckResult[]> {
  const { model, reason } = models.defaultModel;
  const used = model.split('/', 1)[0];
  const providers = models.list().filter(({ provider, configured }) => configured && provider !== 'local');
  const reached = await Promise.all(
    providers.map(async ({ provider, reason: why }): Promise<CheckResult> => {
      const name = `model ${provider}`;
      const url = addressOf(provider, configuration);
      if (offline || url === undefined) return { name, status: 'ok', detail: why };
      const problem = await tryToReach(url);
      if (problem === undefined) return { name, status: 'ok', detail: `${why}; ${new URL(url).host} answers` };
      const status = provider === used ? 'fail' : 'warn';
      return {
        name,
        status,
        detail: `${url}: ${problem}`,
        remedy: 'Check the network, or the base URL if one is set.',
      };
    }),
  );
  return [{ name: 'model', status: 'ok', detail: `${model} (${reason})` }, ...reached];
}

function addressOf(provider: string, configuration: Addresses): string | undefined {
  const { OPENAI_BASE_URL, ANTHROPIC_BASE_URL, GOOGLE_BASE_URL } = configuration;
  const addresses: Readonly<Record<string, string | undefined>> = {
    openai: OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
    compatible: OPENAI_BASE_URL,
    anthropic: ANTHROPIC_BASE_URL ?? 'https://api.anthropic.com/v1',
    google: GOOGLE_BASE_URL ?? 'https://generativelanguage.googleapis.com/v1beta',
  };
  return addresses[provider];
}

async function tryToReach(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
    await response.body?.cancel();
    return undefined;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return errorMessage(cause) || 'cannot be reached';
  }
}
