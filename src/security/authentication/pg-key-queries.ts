import type { KeyView } from '#contract';
import { sql } from 'kysely';
import { z } from 'zod';

import type { Role } from '../../kernel/call-context.ts';
import { decodeCursor, encodeCursor } from '../../kernel/cursor.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Queries } from '../../kernel/ports/database.ts';
import type { KeyQueries } from './key-queries.ts';

const cursorSchema = z.strictObject({ key: z.string() });

const VIEWED = [
  'id',
  'name',
  'prefix',
  'role',
  'scopes',
  'created_by',
  'created_at',
  'expires_at',
  'revoked_at',
] as const;

/** Answers from the table `keys`. */
export function createPgKeyQueries({ queries }: { readonly queries: Queries }): KeyQueries {
  return {
    async find(id) {
      const row = await queries
        .selectFrom('keys')
        .select(['id', 'tenant_id', 'role', 'scopes', 'secret_hmac', 'expires_at', 'revoked_at'])
        .where('id', '=', id)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      return {
        id: row.id,
        tenantId: row.tenant_id as TenantId,
        role: row.role as Role,
        scopes: row.scopes,
        secretHmac: row.secret_hmac,
        ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
        ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
      };
    },
    async list({ tenantId }, { limit, cursor }) {
      let query = queries.selectFrom('keys').select(VIEWED).where('tenant_id', '=', tenantId);
      if (cursor !== undefined) query = query.where('id', '<', decodeCursor(cursor, cursorSchema).key);
      const rows = await query
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const items = rows.slice(0, limit).map(toView);
      const last = items.at(-1);
      return rows.length > limit && last !== undefined
        ? { items, nextCursor: encodeCursor({ key: last.id }) }
        : { items };
    },
    async hasAdminBeside({ id, tenantId }, at) {
      const row = await queries
        .selectFrom('keys')
        .select('id')
        .where('tenant_id', '=', tenantId)
        .where('id', '!=', id)
        .where('role', '=', 'admin')
        .where('scopes', '=', sql<string[]>`'{}'`)
        .where('revoked_at', 'is', null)
        .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', at)]))
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
    async hasKeys(tenantId) {
      let query = queries.selectFrom('keys').select('id').limit(1);
      if (tenantId !== undefined) query = query.where('tenant_id', '=', tenantId);
      return (await query.executeTakeFirst()) !== undefined;
    },
  };
}

interface ViewedRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly role: string;
  readonly scopes: string[];
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

function toView(row: ViewedRow): KeyView {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    role: row.role as Role,
    scopes: row.scopes,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at.toISOString() }),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at.toISOString() }),
  };
}
