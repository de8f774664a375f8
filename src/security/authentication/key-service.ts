import type { KeyObject } from 'node:crypto';

import type { CreatedKey, KeyView, ParsedBody } from '#contract';

import type { CallContext } from '../../kernel/call-context.ts';
import { CommandHandler } from '../../kernel/command-handler.ts';
import { AppError } from '../../kernel/errors.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import { type FieldError, invalidInput } from '../../kernel/parse-input.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import { nearNames } from '../../utils/near-names.ts';
import { ACTIONS, includesRole, isAction, rolesThatMay } from '../authorization/index.ts';
import type { KeyQueries } from './key-queries.ts';
import { keyPrefix, keyText, newKeyParts, secretHmac } from './key-text.ts';
import { type KeyCreated, keyDecider, keyStream } from './key.ts';
import { revokeKey } from './revoke-key.ts';

type KeyRequest = ParsedBody<'keys.create'>;

/** The keys of the caller's tenant. */
export interface KeyService {
  /**
   * Makes a key and tells its text, this once.
   * @throws AppError FORBIDDEN for a key stronger than the caller (a higher role, or more than its
   *   scopes), VALIDATION_FAILED for a scope that is no action or not of the role, and for a past expiry
   */
  create(context: CallContext, request: KeyRequest): Promise<CreatedKey>;
  /** Newest first, revoked and expired ones too. @throws AppError CURSOR_INVALID */
  list(context: CallContext, page: PageRequest): Promise<Page<KeyView>>;
  /** Ends a key for good; again is no error. @throws AppError KEY_NOT_FOUND, LAST_ADMIN_KEY */
  revoke(context: CallContext, id: string): Promise<void>;
}

export interface KeyServiceDependencies {
  readonly store: EventStore;
  readonly queries: KeyQueries;
  /** Of `loadPepper`. */
  readonly pepper: KeyObject;
}

/** Keys as streams of the log. */
export function createKeyService({ store, queries, pepper }: KeyServiceDependencies): KeyService {
  const handler = new CommandHandler(store, keyDecider);
  return {
    async create(context, request) {
      assertValid(request, context.clock.now());
      assertNotStronger(context, request);
      const parts = newKeyParts();
      const expiresAt = request.expiresAt === undefined ? {} : { expiresAt: new Date(request.expiresAt).toISOString() };
      const data: KeyCreated['data'] = {
        name: request.name,
        role: request.role,
        scopes: [...new Set(request.scopes)],
        prefix: keyPrefix(parts.id),
        secretHmac: secretHmac(parts.secret, pepper).toString('base64url'),
        ...expiresAt,
      };
      const { events } = await handler.handle({
        streamId: keyStream(parts.id),
        tenantId: context.tenantId,
        metadata: metadataOf(context, parts.id),
        command: { type: 'KeyCreated', data },
      });
      return {
        id: parts.id,
        name: data.name,
        prefix: data.prefix,
        role: data.role,
        scopes: [...data.scopes],
        createdBy: context.principal.id,
        createdAt: (events[0]?.recordedAt ?? context.clock.now()).toISOString(),
        ...expiresAt,
        key: keyText(parts),
      };
    },
    list: (context, page) => queries.list(context, page),
    revoke: (context, id) => revokeKey(context, id, { store, queries }),
  };
}

function metadataOf({ principal, traceId }: CallContext, id: string) {
  return { actor: principal.id, correlationId: id, traceId };
}

function assertValid(request: KeyRequest, now: Date): void {
  const errors = request.scopes.flatMap((scope, index) => scopeErrors(request, { scope, path: `scopes[${index}]` }));
  if (request.expiresAt !== undefined && new Date(request.expiresAt) <= now) {
    errors.push({ path: 'expiresAt', message: 'must lie in the future' });
  }
  if (errors.length > 0) throw invalidInput('the key', errors);
}

function scopeErrors({ role }: KeyRequest, { scope, path }: { scope: string; path: string }): FieldError[] {
  if (!isAction(scope)) {
    const [near] = nearNames(scope, ACTIONS);
    const hint = near === undefined ? `known are ${ACTIONS.join(', ')}` : `did you mean ${near}?`;
    return [{ path, message: `is no action; ${hint}` }];
  }
  const roles = rolesThatMay(scope);
  if (roles.includes(role)) return [];
  return [{ path, message: `the role ${role} may not ${scope}; it takes ${roles.join(' or ')}` }];
}

function assertNotStronger({ principal }: CallContext, request: KeyRequest): void {
  if (!includesRole(principal.role, request.role)) {
    throw new AppError('FORBIDDEN', `a key with the role ${principal.role} may not make one with ${request.role}`, {
      details: { role: principal.role, wanted: request.role },
    });
  }
  const { scopes } = principal;
  if (scopes === undefined) return;
  const beyond = request.scopes.filter((scope) => !scopes.includes(scope));
  if (beyond.length === 0 && request.scopes.length > 0) return;
  const what = beyond.length === 0 ? 'one without scopes' : `one with the scope ${beyond[0]}`;
  throw new AppError('FORBIDDEN', `a key narrowed to ${scopes.join(', ') || 'nothing'} may not make ${what}`, {
    details: { scopes, wanted: request.scopes },
  });
}
