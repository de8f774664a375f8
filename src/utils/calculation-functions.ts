import {
  add,
  CalculationError,
  compare,
  divide,
  floor,
  greatestCommonDivisor,
  isInteger,
  multiply,
  negate,
  parseDecimal,
  power,
  rational,
  subtract,
  toNumber,
  ZERO,
  type Rational,
} from './rational.ts';

/** A number and whether rounding happened on the way to it. */
export interface Quantity {
  readonly value: Rational;
  readonly approximate: boolean;
}

type CalculationFunction = (values: readonly Rational[]) => Quantity;

const exact = (value: Rational): Quantity => ({ value, approximate: false });

/** A double as a fraction of its 15 significant digits. */
function fromDouble(value: number, name: string): Quantity {
  const parsed = Number.isFinite(value) ? parseDecimal(value.toPrecision(15)) : undefined;
  if (parsed === undefined) throw new CalculationError(`${name} has no real answer for that argument.`);
  return { value: parsed, approximate: true };
}

/** The whole part of the square root, by Newton's iteration. */
function integerSquareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let estimate = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (estimate + value / estimate) >> 1n;
    if (next >= estimate) return estimate;
    estimate = next;
  }
}

const SQUARE_ROOT_SCALE = 10n ** 30n;

function squareRoot(value: Rational): Quantity {
  if (value.numerator < 0n) throw new CalculationError('The square root of a negative number is not real.');
  const top = integerSquareRoot(value.numerator);
  const bottom = integerSquareRoot(value.denominator);
  if (top * top === value.numerator && bottom * bottom === value.denominator) return exact(rational(top, bottom));
  const scaled = (value.numerator * SQUARE_ROOT_SCALE * SQUARE_ROOT_SCALE) / value.denominator;
  return { value: rational(integerSquareRoot(scaled), SQUARE_ROOT_SCALE), approximate: true };
}

function whole(value: Rational, name: string): bigint {
  if (!isInteger(value)) throw new CalculationError(`${name} takes whole numbers only.`);
  return value.numerator;
}

/** Half away from zero, to a number of decimal places. */
function round(value: Rational, places: Rational): Rational {
  const digits = whole(places, 'round');
  if (digits > 1000n || digits < -1000n) throw new CalculationError('round takes at most 1000 decimal places.');
  const scale = power(rational(10n), digits);
  const magnitude = multiply(value.numerator < 0n ? negate(value) : value, scale);
  const rounded = divide(floor(add(magnitude, rational(1n, 2n))), scale);
  return value.numerator < 0n ? negate(rounded) : rounded;
}

/** n! @throws CalculationError above 3000. */
export function factorial(value: Rational): Quantity {
  const count = whole(value, 'factorial');
  if (count < 0n || count > 3000n) throw new CalculationError('factorial takes a whole number from 0 to 3000.');
  let product = 1n;
  for (let factor = 2n; factor <= count; factor++) product *= factor;
  return exact(rational(product));
}

/** The power; a fractional exponent other than a half is approximate. */
export function raise(base: Rational, exponent: Rational): Quantity {
  if (isInteger(exponent)) return exact(power(base, exponent.numerator));
  if (exponent.denominator === 2n && base.numerator >= 0n) {
    const root = squareRoot(base);
    return { value: power(root.value, exponent.numerator), approximate: root.approximate };
  }
  return fromDouble(toNumber(base) ** toNumber(exponent), 'The power');
}

/** Remainder with the sign of the divisor, as in mathematics. */
export function modulo(left: Rational, right: Rational): Rational {
  return subtract(left, multiply(right, floor(divide(left, right))));
}

const sum = (values: readonly Rational[]): Rational => values.reduce(add, ZERO);

const extreme =
  (direction: number): CalculationFunction =>
  (values) =>
    exact(values.reduce((best, value) => (compare(value, best) * direction > 0 ? value : best)));

const real =
  (name: string, apply: (value: number) => number): CalculationFunction =>
  ([value = ZERO]) =>
    fromDouble(apply(toNumber(value)), name);

function median(values: readonly Rational[]): Quantity {
  const sorted = values.toSorted(compare);
  const middle = Math.floor(sorted.length / 2);
  const [low = ZERO, high = ZERO] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return exact(divide(add(low, high), rational(2n)));
}

interface FunctionEntry {
  readonly apply: CalculationFunction;
  readonly arity: readonly [least: number, most: number];
}

// oxlint-disable-next-line max-params -- the columns of the table below
const entry = (apply: CalculationFunction, least = 1, most = least): FunctionEntry => ({ apply, arity: [least, most] });
const MANY = 1000;

/** Every function of the expression language, with how many arguments it takes. */
export const CALCULATION_FUNCTIONS: ReadonlyMap<string, FunctionEntry> = new Map<string, FunctionEntry>([
  ['sqrt', entry(([value = ZERO]) => squareRoot(value))],
  ['abs', entry(([value = ZERO]) => exact(value.numerator < 0n ? negate(value) : value))],
  ['floor', entry(([value = ZERO]) => exact(floor(value)))],
  ['ceil', entry(([value = ZERO]) => exact(negate(floor(negate(value)))))],
  ['round', entry(([value = ZERO, places = ZERO]) => exact(round(value, places)), 1, 2)],
  ['factorial', entry(([value = ZERO]) => factorial(value))],
  ['pow', entry(([base = ZERO, exponent = ZERO]) => raise(base, exponent), 2)],
  ['mod', entry(([left = ZERO, right = ZERO]) => exact(modulo(left, right)), 2)],
  ['min', entry(extreme(-1), 1, MANY)],
  ['max', entry(extreme(1), 1, MANY)],
  ['sum', entry((values) => exact(sum(values)), 1, MANY)],
  ['mean', entry((values) => exact(divide(sum(values), rational(BigInt(values.length)))), 1, MANY)],
  ['average', entry((values) => exact(divide(sum(values), rational(BigInt(values.length)))), 1, MANY)],
  ['median', entry(median, 1, MANY)],
  ['gcd', entry(([a = ZERO, b = ZERO]) => exact(rational(greatestCommonDivisor(whole(a, 'gcd'), whole(b, 'gcd')))), 2)],
  ['lcm', entry(([a = ZERO, b = ZERO]) => exact(leastCommonMultiple(whole(a, 'lcm'), whole(b, 'lcm'))), 2)],
  ['cbrt', entry(real('cbrt', Math.cbrt))],
  ['exp', entry(real('exp', Math.exp))],
  ['ln', entry(real('ln', Math.log))],
  ['log', entry(real('log', Math.log10))],
  ['log10', entry(real('log10', Math.log10))],
  ['log2', entry(real('log2', Math.log2))],
  ['sin', entry(real('sin', Math.sin))],
  ['cos', entry(real('cos', Math.cos))],
  ['tan', entry(real('tan', Math.tan))],
]);

function leastCommonMultiple(left: bigint, right: bigint): Rational {
  const product = left * right;
  return rational((product < 0n ? -product : product) / greatestCommonDivisor(left, right));
}

/** Irrational constants, to 30 digits. */
export const CALCULATION_CONSTANTS: ReadonlyMap<string, Quantity> = new Map([
  ['pi', { value: rational(3_141592653589793238462643383279n, 10n ** 30n), approximate: true }],
  ['π', { value: rational(3_141592653589793238462643383279n, 10n ** 30n), approximate: true }],
  ['e', { value: rational(2_718281828459045235360287471352n, 10n ** 30n), approximate: true }],
]);
