import type { KeyView } from '#contract';

import type { CallContext, Role } from '../../kernel/call-context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';

/** A key as authentication needs it. */
export interface StoredKey {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly role: Role;
  /** Empty for all that the role allows. */
  readonly scopes: readonly string[];
  /** 32 bytes. */
  readonly secretHmac: Uint8Array;
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
}

/** The questions about keys. */
export interface KeyQueries {
  /** The key of an id, whatever its tenant and state. */
  find(id: string): Promise<StoredKey | undefined>;
  /** Keys of the tenant, newest first, revoked and expired ones too. @throws AppError CURSOR_INVALID */
  list(context: CallContext, page: PageRequest): Promise<Page<KeyView>>;
  /** Whether a key beside this one may do everything its tenant's keys can: admin, without scopes, neither revoked nor expired. */
  hasAdminBeside(key: Pick<StoredKey, 'id' | 'tenantId'>, at: Date): Promise<boolean>;
  /** Whether there is any key, in whatever state; of any tenant unless one is given. */
  hasKeys(tenantId?: TenantId): Promise<boolean>;
}
