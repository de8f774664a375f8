import type { ErrorRecord } from '../../kernel/errors.ts';
import type { JsonValue } from '../../utils/json.ts';
import type { Reconciliation, ToolEffect } from '../tools/index.ts';
import type { StepInput } from './execution-events.ts';
import type { RetryPolicy } from './with-retries.ts';

/** A call of something outside, as the ledger of effects sees it. */
export interface EffectStep {
  readonly key: string;
  readonly kind: 'tool' | 'code';
  readonly name: string;
  readonly input: StepInput;
  readonly effect: ToolEffect;
  readonly policy: RetryPolicy;
  /** One attempt; throws what it failed with. */
  readonly run: () => Promise<JsonValue>;
  /** Asked what became of an interrupted `once` call. */
  readonly reconcile?: () => Promise<Reconciliation>;
}

export type EffectOutcome = { readonly output: JsonValue } | { readonly error: ErrorRecord };
