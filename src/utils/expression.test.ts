import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { evaluateExpression } from './expression.ts';
import {
  add,
  CalculationError,
  divide,
  multiply,
  parseDecimal,
  rational,
  toDecimalText,
  toFractionText,
  toNumber,
} from './rational.ts';

const exactly = (text: string) => toFractionText(evaluateExpression(text).value);

describe('evaluateExpression', () => {
  it.each([
    ['1/3 + 2', '7/3'],
    ['0.1 + 0.2', '3/10'],
    ['2 ^ 3 ^ 2', '512'],
    ['-2^2', '-4'],
    ['(-2)^2', '4'],
    ['2^-2', '1/4'],
    ['17% of 2,350', '799/2'],
    ['10 % 3', '1'],
    ['-7 mod 3', '2'],
    ['50% + 1', '3/2'],
    ['12 × (3 − 1) ÷ 5', '24/5'],
    ['sqrt(9/4)', '3/2'],
    ['max(1, 2.5, min(3, 4))', '3'],
    ['round(2.345, 2)', '47/20'],
    ['round(-2.5)', '-3'],
    ['floor(-1/2) + ceil(1/2)', '0'],
    ['1e3 + $1,000,000', '1001000'],
    ['5!', '120'],
    ['gcd(12, 18) * lcm(4, 6)', '72'],
    ['mean(1, 2, 4)', '7/3'],
    ['median(4, 1, 3, 2)', '5/2'],
  ])('%s = %s, exactly', (text, expected) => {
    expect(exactly(text)).toBe(expected);
    expect(evaluateExpression(text).approximate).toBe(false);
  });

  it('says when a result is approximate', () => {
    const root = evaluateExpression('sqrt(2)');
    expect(root.approximate).toBe(true);
    expect(toDecimalText(root.value)).toBe('1.41421356237309504880…');
    expect(evaluateExpression('2 * pi').approximate).toBe(true);
    expect(toNumber(evaluateExpression('sin(0.5)').value)).toBeCloseTo(Math.sin(0.5), 14);
  });

  it.each([
    ['', /empty/u],
    ['1/0', /Division by zero/u],
    ['2 +', /ends where a number/u],
    ['2 3', /goes on after its end/u],
    ['(1', /closing parenthesis/u],
    ['2 & 3', /"&" at position 3/u],
    ['foo(1)', /"foo" is unknown/u],
    ['9^9^9', /10,000 digits/u],
    ['10^20000', /10,000 digits/u],
    ['9999!', /factorial/u],
    ['sqrt(-1)', /not real/u],
    ['ln(0)', /no real answer/u],
    ['('.repeat(200), /nested/u],
    ['1+'.repeat(2000), /longer than/u],
    ['sqrt(1, 2)', /takes 1 arguments/u],
  ])('refuses %s', (text, message) => {
    expect(() => evaluateExpression(text)).toThrow(CalculationError);
    expect(() => evaluateExpression(text)).toThrow(message);
  });

  it('agrees with integer arithmetic for sums and products', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.bigInt(-(10n ** 30n), 10n ** 30n), (a, b) => {
        expect(exactly(`(${a}) + (${b})`)).toBe(String(a + b));
        expect(exactly(`(${a}) * (${b})`)).toBe(String(a * b));
      }),
    );
  });
});

describe('rational', () => {
  const fraction = fc
    .tuple(fc.bigInt(-1000n, 1000n), fc.bigInt(1n, 1000n))
    .map(([top, bottom]) => rational(top, bottom));

  it('is a field: division undoes multiplication, multiplication distributes', () => {
    fc.assert(
      fc.property(fraction, fraction, fraction, (a, b, c) => {
        if (b.numerator !== 0n) expect(divide(multiply(a, b), b)).toEqual(a);
        expect(multiply(a, add(b, c))).toEqual(add(multiply(a, b), multiply(a, c)));
      }),
    );
  });

  it('writes decimals that end, and cuts those that do not', () => {
    expect(toDecimalText(rational(-7n, 4n))).toBe('-1.75');
    expect(toDecimalText(rational(7n, 3n), 3)).toBe('2.333…');
    expect(toDecimalText(rational(1n, 1000n), 2)).toBe('0.00…');
    expect(parseDecimal('abc')).toBeUndefined();
  });
});
