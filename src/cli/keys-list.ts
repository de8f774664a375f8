import type { KeyView } from '#contract';

import type { CommandContext } from './command-context.ts';
import { ageColumn, presentList, readPages } from './list-pages.ts';
import type { PagingInput } from './paging-options.ts';
import { paintState } from './state-paint.ts';

/** pygent keys list */
export async function listKeys(context: CommandContext, input: PagingInput): Promise<void> {
  const { client } = await context.connect();
  const page = await readPages<KeyView>(input, (query) => client.keys.list(query));
  presentList(context, {
    page,
    empty: 'No keys.',
    columns: (layout) => [
      { title: 'KEY', value: (key) => key.id },
      { title: 'NAME', value: (key) => key.name, flexible: true },
      { title: 'ROLE', value: (key) => key.role },
      {
        title: 'SCOPES',
        value: (key) => (key.scopes.length === 0 ? 'all of its role' : key.scopes.join(', ')),
        flexible: true,
      },
      ageColumn(layout, (key) => key.createdAt),
      { title: 'STATE', value: (key) => stateOf(key, layout.now), paint: (text) => paintState(layout.style, text) },
    ],
  });
}

function stateOf(key: KeyView, now: Date): string {
  if (key.revokedAt !== undefined) return 'revoked';
  if (key.expiresAt === undefined) return 'ok';
  return Date.parse(key.expiresAt) <= now.getTime() ? 'expired' : `until ${key.expiresAt.slice(0, 10)}`;
}
