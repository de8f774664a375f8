import {
  CALCULATION_CONSTANTS,
  CALCULATION_FUNCTIONS,
  factorial,
  modulo,
  raise,
  type Quantity,
} from './calculation-functions.ts';
import { tokeniseExpression, type ExpressionToken } from './expression-tokens.ts';
import { add, CalculationError, divide, multiply, negate, rational, subtract, type Rational } from './rational.ts';

const MAXIMUM_LENGTH = 2000;
const MAXIMUM_DEPTH = 100;
const HUNDRED = rational(100n);

/**
 * Works out an arithmetic expression exactly, in fractions of BigInt.
 *
 * `+ - * / ^ ( ) !`, unary signs, decimals, `1,234.5`, `2e3`, `×`, `÷`, `17%`, `17% of 2350`, `7 % 3` or
 * `mod(7, 3)`, and the functions of `calculation-functions.ts`. Powers bind tighter than signs and
 * from the right. What cannot be exact (roots that are no fraction, logarithms, `pi`) is marked
 * `approximate`.
 * @throws CalculationError saying what is wrong and where.
 */
export function evaluateExpression(text: string): Quantity {
  if (text.length > MAXIMUM_LENGTH) {
    throw new CalculationError(`The expression is longer than ${MAXIMUM_LENGTH} characters; split it.`);
  }
  const cursor: Cursor = { tokens: tokeniseExpression(text), at: 0, depth: 0 };
  if (cursor.tokens.length === 0)
    throw new CalculationError('The expression is empty; give one such as "2 * (3 + 4)".');
  const result = parseSum(cursor);
  const left = cursor.tokens[cursor.at];
  if (left) throw new CalculationError(`The expression goes on after its end, at position ${left.at + 1}.`);
  return result;
}

interface Cursor {
  readonly tokens: readonly ExpressionToken[];
  at: number;
  depth: number;
}

function takeSymbol(cursor: Cursor, ...symbols: readonly string[]): string | undefined {
  const token = cursor.tokens[cursor.at];
  if (token === undefined || token.kind === 'number' || !symbols.includes(token.text)) return undefined;
  cursor.at += 1;
  return token.text;
}

type Operation = (left: Rational, right: Rational) => Rational;

function combine(apply: Operation, [left, right]: readonly [Quantity, Quantity]): Quantity {
  return { value: apply(left.value, right.value), approximate: left.approximate || right.approximate };
}

function parseSum(cursor: Cursor): Quantity {
  cursor.depth += 1;
  if (cursor.depth > MAXIMUM_DEPTH) throw new CalculationError('The expression is nested more than 100 deep.');
  let left = parseProduct(cursor);
  for (;;) {
    const operator = takeSymbol(cursor, '+', '-');
    if (operator === undefined) break;
    left = combine(operator === '+' ? add : subtract, [left, parseProduct(cursor)]);
  }
  cursor.depth -= 1;
  return left;
}

const PRODUCT_OPERATIONS: Readonly<Record<string, Operation>> = {
  '*': multiply,
  of: multiply,
  '/': divide,
  '%': modulo,
  mod: modulo,
};

function parseProduct(cursor: Cursor): Quantity {
  let left = parseSigned(cursor);
  for (;;) {
    const operator = takeSymbol(cursor, '*', '/', '%', 'of', 'mod');
    const apply = operator === undefined ? undefined : PRODUCT_OPERATIONS[operator];
    if (apply === undefined) return left;
    left = combine(apply, [left, parseSigned(cursor)]);
  }
}

function parseSigned(cursor: Cursor): Quantity {
  let negative = false;
  for (let sign = takeSymbol(cursor, '+', '-'); sign !== undefined; sign = takeSymbol(cursor, '+', '-')) {
    if (sign === '-') negative = !negative;
  }
  const value = parsePower(cursor);
  return negative ? { ...value, value: negate(value.value) } : value;
}

function parsePower(cursor: Cursor): Quantity {
  const base = parsePostfix(cursor);
  if (takeSymbol(cursor, '^') === undefined) return base;
  cursor.depth += 1;
  if (cursor.depth > MAXIMUM_DEPTH) throw new CalculationError('The expression is nested more than 100 deep.');
  const exponent = parseSigned(cursor);
  cursor.depth -= 1;
  const raised = raise(base.value, exponent.value);
  return { ...raised, approximate: raised.approximate || base.approximate || exponent.approximate };
}

function parsePostfix(cursor: Cursor): Quantity {
  let value = parsePrimary(cursor);
  for (;;) {
    if (takeSymbol(cursor, '!') !== undefined) value = { ...value, value: factorial(value.value).value };
    else if (isPercentSign(cursor)) {
      cursor.at += 1;
      value = { ...value, value: divide(value.value, HUNDRED) };
    } else return value;
  }
}

/** `%` is a percentage unless an operand follows, which makes it the remainder. */
function isPercentSign(cursor: Cursor): boolean {
  const token = cursor.tokens[cursor.at];
  if (token?.kind !== 'symbol' || token.text !== '%') return false;
  const next = cursor.tokens[cursor.at + 1];
  if (next === undefined) return true;
  return next.kind === 'symbol'
    ? next.text !== '('
    : next.kind === 'name' && (next.text === 'of' || next.text === 'mod');
}

function parsePrimary(cursor: Cursor): Quantity {
  const token = cursor.tokens[cursor.at];
  if (token === undefined) throw new CalculationError('The expression ends where a number is expected.');
  cursor.at += 1;
  if (token.kind === 'number') return { value: token.value, approximate: false };
  if (token.text === '(') {
    const inner = parseSum(cursor);
    closeParenthesis(cursor);
    return inner;
  }
  if (token.kind === 'name') return parseName(cursor, token.text);
  throw new CalculationError(`A number is expected at position ${token.at + 1}, not "${token.text}".`);
}

function parseName(cursor: Cursor, name: string): Quantity {
  const called = CALCULATION_FUNCTIONS.get(name);
  const constant = CALCULATION_CONSTANTS.get(name);
  if (called === undefined) {
    if (constant !== undefined) return constant;
    const known = [...CALCULATION_FUNCTIONS.keys()].join(', ');
    throw new CalculationError(`"${name}" is unknown; the functions are ${known}, the constants pi and e.`);
  }
  if (takeSymbol(cursor, '(') === undefined) {
    throw new CalculationError(`The function ${name} needs its argument in parentheses.`);
  }
  const values = [parseSum(cursor)];
  while (takeSymbol(cursor, ',') !== undefined) values.push(parseSum(cursor));
  closeParenthesis(cursor);
  const [least, most] = called.arity;
  if (values.length < least || values.length > most) {
    throw new CalculationError(
      `The function ${name} takes ${least === most ? least : `${least} to ${most}`} arguments.`,
    );
  }
  const result = called.apply(values.map((value) => value.value));
  return { ...result, approximate: result.approximate || values.some((value) => value.approximate) };
}

function closeParenthesis(cursor: Cursor): void {
  if (takeSymbol(cursor, ')') === undefined) throw new CalculationError('A closing parenthesis is missing.');
}
