interface UnitSpec {
  readonly unit: string;
  readonly dimension: string;
  /** How many of the dimension's base unit one is. */
  readonly factor: number;
  readonly forms: string;
}

// oxlint-disable-next-line max-params -- the columns of the table below
const spec = (dimension: string, unit: string, factor: number, forms: string): UnitSpec => ({
  unit,
  dimension,
  factor,
  forms,
});

/** Units people write after numbers. `forms` are matched whole; those in capitals by their case. */
const UNITS: readonly UnitSpec[] = [
  spec('speed', 'meter per second', 1, 'm/s|meters? per second|metres? per second'),
  spec('speed', 'kilometer per hour', 1 / 3.6, 'km/h|kph|kmh|kilomet(?:er|re)s? per hour'),
  spec('speed', 'mile per hour', 0.44704, 'mph|miles? per hour|mi/h'),
  spec('economy', 'mile per gallon', 1, 'mpg|miles? per gallon'),
  spec('acceleration', 'meter per second squared', 1, String.raw`m/s\^?2|m/s²|meters? per second squared`),
  spec('area', 'square meter', 1, String.raw`m\^2|m²|sq(?:uare)? ?m(?:eters?|etres?)?`),
  spec('volume', 'cubic meter', 1, String.raw`m\^3|m³|cubic met(?:er|re)s?`),
  spec('length', 'kilometer', 1000, 'km|kms|kilomet(?:er|re)s?'),
  spec('length', 'centimeter', 0.01, 'cm|centimet(?:er|re)s?'),
  spec('length', 'millimeter', 0.001, 'mm|millimet(?:er|re)s?'),
  spec('length', 'meter', 1, 'm|met(?:er|re)s?'),
  spec('length', 'mile', 1609.344, 'miles?|mi'),
  spec('length', 'yard', 0.9144, 'yards?|yd'),
  spec('length', 'inch', 0.0254, 'inch(?:es)?|in(?=[.,;?)])'),
  spec('length', 'foot', 0.3048, 'feet|foot|ft'),
  spec('mass', 'kilogram', 1, 'kg|kgs|kilos?|kilograms?'),
  spec('mass', 'milligram', 1e-6, 'mg|milligrams?'),
  spec('mass', 'gram', 0.001, 'g|grams?'),
  spec('mass', 'ton', 1000, 'tons?|tonnes?'),
  spec('mass', 'pound', 0.45359237, 'lbs?|pounds?'),
  spec('mass', 'ounce', 0.028349523125, 'oz|ounces?'),
  spec('time', 'millisecond', 0.001, 'ms|milliseconds?'),
  spec('time', 'second', 1, 's|secs?|seconds?'),
  spec('time', 'minute', 60, 'min|mins|minutes?'),
  spec('time', 'hour', 3600, 'h|hrs?|hours?'),
  spec('time', 'day', 86_400, 'days?'),
  spec('time', 'week', 604_800, 'weeks?'),
  spec('calendar', 'month', 1, 'months?'),
  spec('calendar', 'year', 12, 'years?|yrs?'),
  spec('night', 'night', 1, 'nights?'),
  spec('temperature', 'celsius', 1, '°C|degrees? celsius|celsius|C'),
  spec('temperature', 'fahrenheit', 1, '°F|degrees? fahrenheit|fahrenheit|F'),
  spec('temperature', 'kelvin', 1, 'K|kelvins?'),
  spec('angle', 'degree', 1, '°|degrees?'),
  spec('angle', 'radian', 1, 'radians?|rad'),
  spec('current', 'ampere', 1, 'A|amps?|amperes?'),
  spec('voltage', 'volt', 1, 'V|volts?'),
  spec('resistance', 'ohm', 1, 'Ω|ohms?'),
  spec('force', 'newton', 1, 'N|newtons?'),
  spec('energy', 'joule', 1, 'J|joules?'),
  spec('power', 'watt', 1, 'W|watts?|kw'),
  spec('pressure', 'pascal', 1, 'pa|pascals?'),
  spec('pressure', 'atmosphere', 101_325, 'atm|atmospheres?'),
  spec('frequency', 'hertz', 1, 'hz|hertz'),
  spec('charge', 'coulomb', 1, 'C|coulombs?'),
  spec('amount', 'mole', 1, 'mol|moles?'),
  spec('volume', 'liter', 0.001, 'l|liters?|litres?'),
  spec('volume', 'milliliter', 1e-6, 'ml|milliliters?|millilitres?'),
  spec('volume', 'gallon', 0.003785411784, 'gallons?|gal'),
];

const PATTERNS = UNITS.map((unit) => ({
  ...unit,
  pattern: new RegExp(String.raw`^[\s-]?(?:${unit.forms})(?![\p{L}\p{N}/^²³])`, /[A-Z]/u.test(unit.forms) ? 'u' : 'iu'),
}));

/** The unit a text begins with (after at most one space or hyphen), and how many characters it takes. */
export function unitOf(text: string): { readonly unit: string; readonly length: number } | undefined {
  let best: { readonly unit: string; readonly length: number } | undefined;
  for (const { pattern, unit } of PATTERNS) {
    const found = pattern.exec(text)?.[0];
    if (found !== undefined && found.length > (best?.length ?? 0)) best = { unit, length: found.length };
  }
  return best;
}

const byName = new Map(UNITS.map((unit) => [unit.unit, unit]));

export function dimensionOf(unit: string): string | undefined {
  return byName.get(unit)?.dimension;
}

/** The units a description names in words, such as "in centimeters" or "(m/s)". */
export function unitsNamedIn(description: string): readonly string[] {
  const named: string[] = [];
  for (const match of description.matchAll(/[\s(]/gu)) {
    const unit = unitOf(description.slice(match.index + 1));
    // A lone letter in a description is far more often a symbol than a unit.
    if (unit !== undefined && (unit.length > 1 || match[0] === '(')) named.push(unit.unit);
  }
  return named;
}

/** The value in another unit of the same linear dimension; undefined where the two don't convert by a factor. */
export function convertUnit(value: number, from: string, to: string): number | undefined {
  const [source, target] = [byName.get(from), byName.get(to)];
  if (source === undefined || target === undefined || source.dimension !== target.dimension) return undefined;
  if (source.dimension === 'temperature' || source.dimension === 'angle') return undefined;
  return Number(((value * source.factor) / target.factor).toPrecision(12));
}
