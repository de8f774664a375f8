import { AppError } from '../../kernel/errors.ts';
import type { Activation } from './activation.ts';
import type { DurableFunction, FunctionResult } from './durable-function.ts';
import { StepScope } from './step-scope.ts';

/**
 * Runs the function over the activation, to an end that can be written down.
 * @throws whatever the function throws; AppError NON_DETERMINISM where it ended without having
 *   asked for a step that the journal holds, INTERNAL where what it ended with is no result
 */
export async function runFunction(activation: Activation, durable: DurableFunction): Promise<FunctionResult> {
  const { agent, initial: messages, started } = activation.options;
  const { parameters } = started.strategy;
  const result: FunctionResult | undefined = await durable.run(new StepScope(activation), {
    agent,
    messages,
    parameters,
  });
  const left = activation.unasked;
  if (left !== undefined) {
    const journal = `${left.kind} ${left.name}`;
    throw new AppError(
      'NON_DETERMINISM',
      `step ${left.key} is ${journal} in the journal, but the code ended without it`,
      {
        details: { step: left.key, journal, code: 'the end' },
      },
    );
  }
  if (!Array.isArray(result?.content)) {
    throw new AppError('INTERNAL', `strategy ${durable.name} ended without {content: [...]}`);
  }
  return result;
}
