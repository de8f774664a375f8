import type { LanguageModelV4 } from '@ai-sdk/provider';

import type { Clock } from '../../kernel/clock.ts';

/** Makes the model `local/rules`; its many files are read at the first call. */
export async function loadLocalRules(dependencies: { readonly clock: Clock }): Promise<LanguageModelV4> {
  const { createLocalRules } = await import('./local-rules/index.ts');
  return createLocalRules(dependencies);
}
