import { AppError } from '../../kernel/errors.ts';
import { contentHash } from '../../utils/content-hash.ts';
import type { JsonValue } from '../../utils/json.ts';
import { withinBounds } from '../../utils/within-bounds.ts';
import { plainJson } from '../tools/index.ts';
import { type Activation, recordedError } from './activation.ts';
import type { EffectStep } from './effect.ts';
import { effectStep } from './effect-step.ts';
import type { CodeStep } from './execution-context.ts';

const OUTPUT_LIMIT_BYTES = 1024 * 1024;

/** The author's own code as a step, under the same ledger of effects as a tool. */
export async function codeStep<Result extends JsonValue>(
  activation: Activation,
  { key, step }: { readonly key: string; readonly step: CodeStep<Result> },
): Promise<Result> {
  const { limits, executionId } = activation.options;
  const asked: EffectStep = {
    key,
    kind: 'code',
    name: step.name,
    input: {},
    effect: step.effect,
    policy: { attempts: 1, firstPauseMilliseconds: 0, longestPauseMilliseconds: 0, retryable: never },
    run: async () => {
      const output = await withinBounds(
        {
          signal: activation.signal,
          limit: {
            milliseconds: limits.stepTimeoutSeconds * 1_000,
            reason: (milliseconds) =>
              new AppError('STEP_TIMEOUT', `${step.name} did not end within ${milliseconds / 1_000} s`),
          },
        },
        (signal) => step.run({ signal, idempotencyKey: contentHash(`${executionId}\n${key}\n${step.name}`) }),
      );
      return plainJson(output, { name: 'result', limitBytes: OUTPUT_LIMIT_BYTES });
    },
  };
  const outcome = await effectStep(activation, asked);
  if ('error' in outcome) throw recordedError(outcome.error);
  return outcome.output as Result;
}

const never = (): { readonly retryable: false } => ({ retryable: false });

/** The time as a step, so that a replay gets the same. */
export async function timeStep(activation: Activation, key: string): Promise<Date> {
  const outcome = await effectStep(activation, {
    key,
    kind: 'code',
    name: 'now',
    input: {},
    effect: 'read',
    policy: { attempts: 1, firstPauseMilliseconds: 0, longestPauseMilliseconds: 0, retryable: never },
    run: async () => activation.now().toISOString(),
  });
  if ('error' in outcome) throw recordedError(outcome.error);
  return new Date(outcome.output as string);
}
