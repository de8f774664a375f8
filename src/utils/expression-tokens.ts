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
    const space = match(SPACE, text, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const [token, length] = nextToken(text, at, callDepths.includes(true));
    trackCall(token, tokens.at(-1), callDepths);
    tokens.push(token);
    at += length;
  }
  return tokens;
}

function nextToken(text: string, at: number, inCall: boolean): readonly [ExpressionToken, number] {
  const number = (inCall ? undefined : match(GROUPED_NUMBER, text, at)) ?? match(NUMBER, text, at);
  const value = number === undefined ? undefined : parseDecimal(number.replaceAll(',', ''));
  if (number !== undefined && value !== undefined) return [{ kind: 'number', value, at }, number.length];
  const name = match(NAME, text, at);
  if (name !== undefined) return [{ kind: 'name', text: name.toLowerCase(), at }, name.length];
  const symbol = match(SYMBOL, text, at);
  if (symbol !== undefined) return [{ kind: 'symbol', text: SYMBOL_FORMS[symbol] ?? symbol, at }, symbol.length];
  throw new CalculationError(`The expression has "${text[at]}" at position ${at + 1}, which is no part of arithmetic.`);
}

function trackCall(token: ExpressionToken, before: ExpressionToken | undefined, callDepths: boolean[]): void {
  if (token.kind !== 'symbol') return;
  if (token.text === '(') callDepths.push(before?.kind === 'name' && before.text !== 'of');
  if (token.text === ')') callDepths.pop();
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
