import { z } from 'zod';

import { AppError } from '../../kernel/errors.ts';
import type { Quantity } from '../../utils/calculation-functions.ts';
import { evaluateExpression } from '../../utils/expression.ts';
import { CalculationError, toDecimalText, toFractionText } from '../../utils/rational.ts';
import type { ToolDefinition } from './tool.ts';

const parameters = z.strictObject({
  expression: z
    .string()
    .min(1)
    .max(2000)
    .describe('Arithmetic expression to evaluate, such as "17% of 2350" or "sqrt(2) * (3 + 1/3)".'),
});

/** The answer of `calculate`: the exact fraction, its decimal digits (`…` where they go on), and whether rounding happened. */
export interface CalculateResult {
  readonly expression: string;
  readonly exact: string;
  readonly decimal: string;
  readonly approximate: boolean;
}

/**
 * Exact arithmetic as a tool. A malformed or impossible expression throws TOOL_ARGUMENTS_INVALID,
 * which says where it went wrong.
 */
export const calculate: ToolDefinition<typeof parameters> = {
  name: 'calculate',
  description:
    'Calculate the exact result of an arithmetic expression: + - * / ^ ( ) %, decimals, and functions such as sqrt, abs, min, max, round, floor, ceil, mean.',
  effect: 'read',
  timeoutMilliseconds: 5_000,
  parameters,
  execute: ({ expression }): CalculateResult => {
    const { value, approximate } = evaluated(expression);
    return { expression, exact: toFractionText(value), decimal: toDecimalText(value), approximate };
  },
};

function evaluated(expression: string): Quantity {
  try {
    return evaluateExpression(expression);
  } catch (error) {
    if (!(error instanceof CalculationError)) throw error;
    throw new AppError('TOOL_ARGUMENTS_INVALID', `expression: ${error.message}`, {
      details: { field: 'expression' },
      cause: error,
    });
  }
}
