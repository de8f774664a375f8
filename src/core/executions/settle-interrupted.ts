import { toErrorRecord } from '../../kernel/errors.ts';
import type { JsonValue } from '../../utils/json.ts';
import type { Activation } from './activation.ts';
import type { EffectOutcome, EffectStep } from './effect.ts';
import type { StepState } from './execution.ts';

interface Interrupted {
  readonly step: EffectStep;
  readonly held: StepState;
}

/**
 * Finds out what became of a `once` call whose result was never written down: the tool is asked if
 * it can tell, else a person. Answers how the step ended, or that it may be called again.
 */
export async function settleInterrupted(
  activation: Activation,
  { step, held }: Interrupted,
): Promise<EffectOutcome | 'again'> {
  if (held.status === 'intended') {
    const asked = await askTool(activation, step);
    if (asked !== undefined) return asked;
    await activation.perform(step.key, () =>
      activation.journal.now({ type: 'StepOutcomeUnknown', data: { key: step.key } }, () => ({
        task: activation.inputRequired(),
      })),
    );
  }
  return activation.waitFor({ key: step.key, check: () => decided(activation, step) });
}

async function askTool(activation: Activation, step: EffectStep): Promise<EffectOutcome | 'again' | undefined> {
  const { reconcile, key } = step;
  if (reconcile === undefined) return undefined;
  return activation.perform(key, async () => {
    let answer;
    try {
      answer = await reconcile();
    } catch (error) {
      activation.signal.throwIfAborted();
      const record = toErrorRecord(error);
      activation.tell('tool-progress', { step: key, reconcileFailed: { code: record.code, message: record.message } });
      return undefined;
    }
    if (answer.outcome === 'unknown') return undefined;
    if (answer.outcome === 'not-done') {
      await activation.journal.now({ type: 'StepRetryAllowed', data: { key, by: 'tool' } });
      return 'again';
    }
    return complete(activation, { key, output: answer.result });
  });
}

async function decided(
  activation: Activation,
  { key, name }: EffectStep,
): Promise<EffectOutcome | 'again' | undefined> {
  const decision = activation.decision(key);
  if (decision === undefined) return undefined;
  if (decision.decision === 'retry') {
    await activation.journal.now({ type: 'StepRetryAllowed', data: { key, by: decision.by } });
    return 'again';
  }
  if (decision.decision === 'done') return complete(activation, { key, output: decision.result ?? null });
  const because = decision.comment === undefined ? '' : `: ${decision.comment}`;
  const error = {
    code: 'OUTCOME_UNKNOWN',
    message: `${name} was interrupted and given up by ${decision.by}${because}`,
  };
  await activation.journal.now({ type: 'StepFailed', data: { key, durationMilliseconds: 0, error } });
  return { error };
}

async function complete(
  activation: Activation,
  { key, output }: { readonly key: string; readonly output: JsonValue },
): Promise<EffectOutcome> {
  await activation.journal.now({ type: 'StepCompleted', data: { key, durationMilliseconds: 0, output } });
  return { output };
}
