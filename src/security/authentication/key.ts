import type { Role } from '../../kernel/call-context.ts';
import type { Decider } from '../../kernel/decider.ts';
import { AppError } from '../../kernel/errors.ts';
import type { DomainEvent } from '../../kernel/event.ts';

export type KeyCreated = DomainEvent<
  'KeyCreated',
  {
    readonly name: string;
    readonly role: Role;
    /** Actions it is narrowed to; empty for all that its role allows. */
    readonly scopes: readonly string[];
    readonly prefix: string;
    /** HMAC-SHA-256 of the secret, base64url; the secret itself is never recorded. */
    readonly secretHmac: string;
    readonly expiresAt?: string;
  }
>;
export type KeyRevoked = DomainEvent<'KeyRevoked', { readonly by: string }>;
export type KeyEvent = KeyCreated | KeyRevoked;

/** A command is the event it asks for; `decide` says whether the state allows it. */
export type KeyCommand = KeyEvent;

/** A key: none → active → revoked, for good; that it expired is only a matter of the time. */
export interface KeyState {
  readonly status: 'none' | 'active' | 'revoked';
}

export const keyDecider: Decider<KeyState, KeyCommand, KeyEvent> = {
  initialState: () => ({ status: 'none' }),
  decide(state, command) {
    switch (command.type) {
      case 'KeyCreated':
        if (state.status !== 'none') throw new AppError('CONCURRENCY_CONFLICT', 'the key exists already');
        return [command];
      case 'KeyRevoked':
        if (state.status === 'none') throw new AppError('KEY_NOT_FOUND', 'there is no such key');
        return state.status === 'revoked' ? [] : [command];
      default:
        command satisfies never;
        return [];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'KeyCreated':
        return { status: 'active' };
      case 'KeyRevoked':
        return { status: 'revoked' };
      default:
        event satisfies never;
        return state;
    }
  },
};

/** The stream of one key. */
export const keyStream = (id: string): string => `key-${id}`;
