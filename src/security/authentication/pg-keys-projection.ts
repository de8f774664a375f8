import type { SqlStatement } from '../../kernel/ports/database.ts';
import type { InlineProjection, ProjectedEvent } from '../../kernel/projection.ts';
import { type KeyCreated, keyStream } from './key.ts';

const INSERT = `
INSERT INTO keys (id, tenant_id, name, prefix, secret_hmac, role, scopes, created_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`;

const REVOKE = 'UPDATE keys SET revoked_at = $2 WHERE id = $1';

/** The table `keys`, a row for every key that was ever made. */
export const keysProjection: InlineProjection = {
  name: 'keys',
  handles: ['KeyCreated', 'KeyRevoked'],
  tables: ['keys'],
  project: (events) => events.map((event) => (event.type === 'KeyCreated' ? inserted(event) : revoked(event))),
};

function inserted(event: ProjectedEvent): SqlStatement {
  const data = event.data as unknown as KeyCreated['data'];
  return {
    name: 'insert-key',
    text: INSERT,
    values: [
      idOf(event),
      event.tenantId,
      data.name,
      data.prefix,
      Buffer.from(data.secretHmac, 'base64url'),
      data.role,
      data.scopes,
      event.metadata.actor,
      event.recordedAt,
      data.expiresAt ?? null,
    ],
  };
}

function revoked(event: ProjectedEvent): SqlStatement {
  return { name: 'revoke-key', text: REVOKE, values: [idOf(event), event.recordedAt] };
}

function idOf(event: ProjectedEvent): string {
  return event.streamId.slice(keyStream('').length);
}
