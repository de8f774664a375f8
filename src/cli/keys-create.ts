import type { CreateKey } from '#contract';

import type { CommandContext } from './command-context.ts';
import { UsageError } from './usage-error.ts';

interface Input {
  readonly name: string;
  readonly role: NonNullable<CreateKey['role']>;
  readonly scope?: readonly string[];
  readonly expires?: string;
}

const UNIT_MILLISECONDS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 } as const;

/** pygent keys create: the key alone on stdout, so that it can be piped into where it belongs. */
export async function createKey(context: CommandContext, { name, role, scope, expires }: Input): Promise<void> {
  const expiresAt = expires === undefined ? {} : { expiresAt: expiryTime(expires, new Date()) };
  const { client } = await context.connect();
  const created = await client.keys.create({
    name,
    role,
    ...(scope === undefined ? {} : { scopes: [...scope] }),
    ...expiresAt,
  });
  context.present(created, ({ key }) => [key]);
  if (!context.json)
    context.tell(context.noticeStyle.dim(`Key ${created.id} (${created.role}). It is shown this once.`));
}

function expiryTime(when: string, now: Date): string {
  const [, count, unit] = /^(\d{1,4})([mhdwy])$/.exec(when) ?? [];
  if (count !== undefined) {
    return new Date(
      now.getTime() + Number(count) * UNIT_MILLISECONDS[unit as keyof typeof UNIT_MILLISECONDS],
    ).toISOString();
  }
  const time = Date.parse(when);
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new UsageError(`--expires: "${when}" is no time; use 12h, 30d, 1y or 2027-01-31`);
}
