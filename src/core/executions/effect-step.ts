import { toErrorRecord } from '../../kernel/errors.ts';
import type { Activation } from './activation.ts';
import type { StepState } from './execution.ts';
import type { EffectOutcome, EffectStep } from './effect.ts';
import { settleInterrupted } from './settle-interrupted.ts';
import { AttemptsFailed, withRetries } from './with-retries.ts';

/**
 * The ledger of effects. A `read` step is written down when it ends. Of the others the intent is on
 * disk, under the stream's expected version, before the call: a worker that lost the execution
 * can't act, and a crash in between leaves an intent without a result. `idempotent` is then called
 * again with the same key; for `once` the tool, else a person, says what happened. So it is where a
 * `once` call did not answer in time: it may take effect yet.
 */
export async function effectStep(activation: Activation, step: EffectStep): Promise<EffectOutcome> {
  const ended = endOf(activation.recall(step.key, step));
  if (ended !== undefined) return ended;
  for (;;) {
    const held = activation.journal.state.steps.get(step.key);
    // By the effect it was called with: the tool may be gone or changed by now.
    if (held?.effect === 'once' && (held.status === 'intended' || held.status === 'outcome-unknown')) {
      const settled = await settleInterrupted(activation, { step, held });
      if (settled !== 'again') return settled;
    }
    const outcome = await activation.perform(step.key, () => perform(activation, step));
    if (outcome !== 'unknown') return outcome;
  }
}

function endOf(held: StepState | undefined): EffectOutcome | undefined {
  if (held?.status === 'completed') return { output: held.output ?? null };
  if (held?.status === 'failed') return { error: held.error ?? { code: 'INTERNAL', message: 'the step failed' } };
  return undefined;
}

async function perform(activation: Activation, step: EffectStep): Promise<EffectOutcome | 'unknown'> {
  const { journal } = activation;
  const { key, kind, name, effect, input } = step;
  const startedAt = activation.now();
  const about = { kind, name, effect, input, startedAt: startedAt.toISOString() };
  const held = journal.state.steps.get(key);
  const isIntended = held?.status === 'intended' && !held.inherited;
  if (effect !== 'read' && !isIntended) await journal.now({ type: 'StepIntended', data: { key, ...about } });
  activation.signal.throwIfAborted();
  activation.tell('step-started', { step: key, kind, name });
  const end = await attempt(activation, step);
  if (effect === 'once' && 'error' in end && end.error.code === 'STEP_TIMEOUT') return 'unknown';
  const data = {
    key,
    ...(effect === 'read' ? about : {}),
    ...(end.attempts === 1 ? {} : { attempts: end.attempts }),
    durationMilliseconds: activation.now().getTime() - startedAt.getTime(),
  };
  const event =
    'error' in end
      ? { type: 'StepFailed' as const, data: { ...data, error: end.error } }
      : { type: 'StepCompleted' as const, data: { ...data, output: end.output } };
  // What happened outside is told at once; what was only looked at may share the next append.
  if (effect === 'read') journal.later(event);
  else await journal.now(event);
  return 'error' in end ? { error: end.error } : { output: end.output };
}

async function attempt(
  activation: Activation,
  step: EffectStep,
): Promise<EffectOutcome & { readonly attempts: number }> {
  const { key, kind, name } = step;
  try {
    const { result, attempts } = await withRetries(step.run, {
      policy: step.policy,
      signal: activation.signal,
      onRetry: (number, error, pause) =>
        activation.journal.later({
          type: 'StepAttemptFailed',
          data: { key, kind, name, attempt: number, error: toErrorRecord(error), retryInMilliseconds: pause },
        }),
    });
    return { output: result, attempts };
  } catch (thrown) {
    if (!(thrown instanceof AttemptsFailed)) throw thrown;
    return { error: toErrorRecord(thrown.error), attempts: thrown.attempts };
  }
}
