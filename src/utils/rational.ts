/** An exact fraction in lowest terms; the denominator is positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A calculation that has no answer, or one too large to write down. */
export class CalculationError extends Error {
  override readonly name = 'CalculationError';
}

/** Largest numerator or denominator: about 10,000 decimal digits. */
const MAXIMUM_BITS = 33_220;

/**
 * The fraction in lowest terms.
 * @throws CalculationError when the denominator is zero or the number passes 10,000 digits.
 */
export function rational(numerator: bigint, denominator = 1n): Rational {
  if (denominator === 0n) throw new CalculationError('Division by zero has no answer.');
  const sign = denominator < 0n ? -1n : 1n;
  const divisor = greatestCommonDivisor(numerator, denominator);
  const result = { numerator: (sign * numerator) / divisor, denominator: (sign * denominator) / divisor };
  if (bitLength(result.numerator) > MAXIMUM_BITS || bitLength(result.denominator) > MAXIMUM_BITS) {
    throw new CalculationError('The result has more than 10,000 digits; ask for a smaller calculation.');
  }
  return result;
}

export const ZERO = rational(0n);
export const ONE = rational(1n);

/** Euclid's algorithm; of two zeros it answers 1, so that it can always be divided by. */
export function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left < 0n ? -left : left, right < 0n ? -right : right];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? 1n : a;
}

/** Number of binary digits of the magnitude, rounded up to a multiple of four. */
export function bitLength(value: bigint): number {
  return (value < 0n ? -value : value).toString(16).length * 4;
}

export function add(left: Rational, right: Rational): Rational {
  return rational(
    left.numerator * right.denominator + right.numerator * left.denominator,
    left.denominator * right.denominator,
  );
}

export function negate(value: Rational): Rational {
  return { numerator: -value.numerator, denominator: value.denominator };
}

export function subtract(left: Rational, right: Rational): Rational {
  return add(left, negate(right));
}

export function multiply(left: Rational, right: Rational): Rational {
  return rational(left.numerator * right.numerator, left.denominator * right.denominator);
}

/** @throws CalculationError when the divisor is zero. */
export function divide(left: Rational, right: Rational): Rational {
  return rational(left.numerator * right.denominator, left.denominator * right.numerator);
}

/** Below zero, zero or above zero, as `left` is less than, equal to or greater than `right`. */
export function compare(left: Rational, right: Rational): number {
  const difference = left.numerator * right.denominator - right.numerator * left.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isInteger(value: Rational): boolean {
  return value.denominator === 1n;
}

/** The largest integer not above the value. */
export function floor(value: Rational): Rational {
  const quotient = value.numerator / value.denominator;
  const below = value.numerator < 0n && value.numerator % value.denominator !== 0n;
  return rational(below ? quotient - 1n : quotient);
}

/**
 * The value to a whole power, by repeated squaring of BigInt.
 * @throws CalculationError when zero is raised to a negative power or the result passes 10,000 digits.
 */
export function power(base: Rational, exponent: bigint): Rational {
  if (exponent < 0n) return power(divide(ONE, base), -exponent);
  const bits = BigInt(Math.max(bitLength(base.numerator), bitLength(base.denominator)) - 4);
  if (bits * exponent > BigInt(MAXIMUM_BITS) || exponent > 10_000_000n) {
    const trivial = base.denominator === 1n && base.numerator >= -1n && base.numerator <= 1n;
    if (!trivial) throw new CalculationError('The power has more than 10,000 digits; use a smaller exponent.');
    return rational(exponent === 0n ? 1n : exponent % 2n === 0n ? base.numerator ** 2n : base.numerator);
  }
  return rational(base.numerator ** exponent, base.denominator ** exponent);
}

/** Reads `12`, `-0.5`, `.25`, `1e-3`; answers undefined for anything else. */
export function parseDecimal(text: string): Rational | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,5}))?$/iu.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = rational(BigInt(`${whole}${fraction}`), 1n);
  const scaled = multiply(digits, power(rational(10n), BigInt(exponent) - BigInt(fraction.length)));
  return sign === '-' ? negate(scaled) : scaled;
}

/** `7/3`, or `5` where the value is whole. */
export function toFractionText(value: Rational): string {
  return isInteger(value) ? value.numerator.toString() : `${value.numerator}/${value.denominator}`;
}

/** Decimal notation; where the digits don't end within `maximumDigits` they are cut and `…` follows. */
export function toDecimalText(value: Rational, maximumDigits = 20): string {
  const sign = value.numerator < 0n ? '-' : '';
  const magnitude = value.numerator < 0n ? -value.numerator : value.numerator;
  const whole = magnitude / value.denominator;
  let remainder = magnitude % value.denominator;
  let digits = '';
  while (remainder !== 0n && digits.length < maximumDigits) {
    remainder *= 10n;
    digits += (remainder / value.denominator).toString();
    remainder %= value.denominator;
  }
  const ending = remainder === 0n ? '' : '…';
  return digits === '' ? `${sign}${whole}${ending}` : `${sign}${whole}.${digits}${ending}`;
}

/** The nearest double; infinite where it does not fit. */
export function toNumber(value: Rational): number {
  const direct = Number(value.numerator) / Number(value.denominator);
  if (Number.isFinite(direct)) return direct;
  return Number(toDecimalText(value, 25).replace('…', ''));
}
