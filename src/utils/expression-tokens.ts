import { CalculationError, parseDecimal, type Rational } from './rational.ts';

export type ExpressionToken =
  | { readonly kind: 'number'; readonly value: Rational; readonly at: number }
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly at: number };

const SYMBOL_FORMS: Readonly<Record<string, string>> = { '×': '*', '·': '*', '÷': '/', '−': '-', '–': '-', '**': '^' };
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,5}(?![\p{L}\d]))?/iuy;
const GROUPED_NUMBER = /\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?/uy;
const NAME = /[\p{L}][\p{L}\d_]*/uy;
const SYMBOL = /\*\*|[-+*/^%()!,×·÷−–]/uy;
const SPACE = /[\s$€£_]+/uy;

/**
 * Cuts an expression into numbers, names and symbols. A comma groups thousands outside a function's
 * argument list, and separates arguments inside one.
 * @throws CalculationError naming the first character that fits nowhere.
 */
export function tokeniseExpression(text: string): readonly ExpressionToken[] {
  const tokens: ExpressionToken[] = [];
  const callDepths: boolean[] = [];
  let at = 0;
  while (at < text.length) {
    const here = { text, at };
    const space = match(SPACE, here);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const [token, length] = nextToken(here, callDepths.includes(true));
    trackCall([tokens.at(-1), token], callDepths);
    tokens.push(token);
    at += length;
  }
  return tokens;
}

interface Place {
  readonly text: string;
  readonly at: number;
}

function nextToken(place: Place, inCall: boolean): readonly [ExpressionToken, number] {
  const { text, at } = place;
  const number = (inCall ? undefined : match(GROUPED_NUMBER, place)) ?? match(NUMBER, place);
  const value = number === undefined ? undefined : parseDecimal(number.replaceAll(',', ''));
  if (number !== undefined && value !== undefined) return [{ kind: 'number', value, at }, number.length];
  const name = match(NAME, place);
  if (name !== undefined) return [{ kind: 'name', text: name.toLowerCase(), at }, name.length];
  const symbol = match(SYMBOL, place);
  if (symbol !== undefined) return [{ kind: 'symbol', text: SYMBOL_FORMS[symbol] ?? symbol, at }, symbol.length];
  throw new CalculationError(`The expression has "${text[at]}" at position ${at + 1}, which is no part of arithmetic.`);
}

function trackCall(
  [before, token]: readonly [ExpressionToken | undefined, ExpressionToken],
  callDepths: boolean[],
): void {
  if (token.kind !== 'symbol') return;
  if (token.text === '(') callDepths.push(before?.kind === 'name' && before.text !== 'of');
  if (token.text === ')') callDepths.pop();
}

function match(pattern: RegExp, { text, at }: Place): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
