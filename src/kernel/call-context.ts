import { type Clock, systemClock } from './clock.ts';
import { DEFAULT_TENANT, newTraceId, type TenantId } from './ids.ts';

/** What a principal may do at most; each includes the ones after it. */
export const ROLES = ['admin', 'developer', 'operator', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** Who acts: an API key, the factory itself, or an execution acting for the one who submitted it. */
export interface Principal {
  readonly id: string;
  readonly kind: 'key' | 'system' | 'execution';
  readonly role: Role;
  /** Actions it is narrowed to; everything its role allows where absent, nothing where empty. */
  readonly scopes?: readonly string[];
}

/** The facts of one request, handed down explicitly: whose, who, on which trace, until when. */
export interface CallContext {
  readonly tenantId: TenantId;
  readonly principal: Principal;
  readonly traceId: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

const NEVER_ABORTED = new AbortController().signal;

export const SYSTEM_PRINCIPAL: Principal = { id: 'system', kind: 'system', role: 'admin' };

/** The context in which the factory acts on its own behalf. */
export function systemContext(overrides: Partial<CallContext> = {}): CallContext {
  return {
    tenantId: DEFAULT_TENANT,
    principal: SYSTEM_PRINCIPAL,
    traceId: newTraceId(),
    signal: NEVER_ABORTED,
    clock: systemClock,
    ...overrides,
  };
}
