interface UnitSpec {
  readonly unit: string;
  readonly dimension: string;
  /** How many of the dimension's base unit one is. */
  readonly factor: number;
  readonly forms: string;
}

type UnitRow = readonly [dimension: string, unit: string, factor: number, forms: string];

/** Units people write after numbers. `forms` are matched whole; those in capitals by their case. */
const UNIT_ROWS: readonly UnitRow[] = [
  ['speed', 'meter per second', 1, 'm/s|meters? per second|metres? per second'],
  ['speed', 'kilometer per hour', 1 / 3.6, 'km/h|kph|kmh|kilomet(?:er|re)s? per hour'],
  ['speed', 'mile per hour', 0.44704, 'mph|miles? per hour|mi/h'],
  ['economy', 'mile per gallon', 1, 'mpg|miles? per gallon'],
  ['acceleration', 'meter per second squared', 1, String.raw`m/s\^?2|m/s²|meters? per second squared`],
  ['area', 'square meter', 1, String.raw`m\^2|m²|sq(?:uare)? ?m(?:eters?|etres?)?`],
  ['volume', 'cubic meter', 1, String.raw`m\^3|m³|cubic met(?:er|re)s?`],
  ['length', 'kilometer', 1000, 'km|kms|kilomet(?:er|re)s?'],
  ['length', 'centimeter', 0.01, 'cm|centimet(?:er|re)s?'],
  ['length', 'millimeter', 0.001, 'mm|millimet(?:er|re)s?'],
  ['length', 'meter', 1, 'm|met(?:er|re)s?'],
  ['length', 'mile', 1609.344, 'miles?|mi'],
  ['length', 'yard', 0.9144, 'yards?|yd'],
  ['length', 'inch', 0.0254, 'inch(?:es)?|in(?=[.,;?)])'],
  ['length', 'foot', 0.3048, 'feet|foot|ft'],
  ['mass', 'kilogram', 1, 'kg|kgs|kilos?|kilograms?'],
  ['mass', 'milligram', 1e-6, 'mg|milligrams?'],
  ['mass', 'gram', 0.001, 'g|grams?'],
  ['mass', 'ton', 1000, 'tons?|tonnes?'],
  ['mass', 'pound', 0.45359237, 'lbs?|pounds?'],
  ['mass', 'ounce', 0.028349523125, 'oz|ounces?'],
  ['time', 'millisecond', 0.001, 'ms|milliseconds?'],
  ['time', 'second', 1, 's|secs?|seconds?'],
  ['time', 'minute', 60, 'min|mins|minutes?'],
  ['time', 'hour', 3600, 'h|hrs?|hours?'],
  ['time', 'day', 86_400, 'days?'],
  ['time', 'week', 604_800, 'weeks?'],
  ['calendar', 'month', 1, 'months?'],
  ['calendar', 'year', 12, 'years?|yrs?'],
  ['night', 'night', 1, 'nights?'],
  ['temperature', 'celsius', 1, '°C|degrees? celsius|celsius|C'],
  ['temperature', 'fahrenheit', 1, '°F|degrees? fahrenheit|fahrenheit|F'],
  ['temperature', 'kelvin', 1, 'K|kelvins?'],
  ['angle', 'degree', 1, '°|degrees?'],
  ['angle', 'radian', 1, 'radians?|rad'],
  ['current', 'ampere', 1, 'A|amps?|amperes?'],
  ['voltage', 'volt', 1, 'V|volts?'],
  ['resistance', 'ohm', 1, 'Ω|ohms?'],
  ['force', 'newton', 1, 'N|newtons?'],
  ['energy', 'joule', 1, 'J|joules?'],
  ['power', 'watt', 1, 'W|watts?|kw'],
  ['pressure', 'pascal', 1, 'pa|pascals?'],
  ['pressure', 'atmosphere', 101_325, 'atm|atmospheres?'],
  ['frequency', 'hertz', 1, 'hz|hertz'],
  ['charge', 'coulomb', 1, 'C|coulombs?'],
  ['amount', 'mole', 1, 'mol|moles?'],
  ['volume', 'liter', 0.001, 'l|liters?|litres?'],
  ['volume', 'milliliter', 1e-6, 'ml|milliliters?|millilitres?'],
  ['volume', 'gallon', 0.003785411784, 'gallons?|gal'],
];

const UNITS = UNIT_ROWS.map(([dimension, unit, factor, forms]): UnitSpec => ({ dimension, unit, factor, forms }));

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
  const known = NAMED_IN.get(description);
  if (known !== undefined) return known;
  const named = freshUnits(description);
  if (NAMED_IN.size >= MAXIMUM_KNOWN) NAMED_IN.clear();
  NAMED_IN.set(description, named);
  return named;
}

/** Descriptions of slots come again with every turn. */
const NAMED_IN = new Map<string, readonly string[]>();
const MAXIMUM_KNOWN = 5000;

function freshUnits(description: string): readonly string[] {
  const named: string[] = [];
  for (const match of description.matchAll(/[\s(]/gu)) {
    const unit = unitOf(description.slice(match.index + 1));
    // A lone letter in a description is far more often a symbol than a unit.
    if (unit !== undefined && (unit.length > 1 || match[0] === '(')) named.push(unit.unit);
  }
  return named;
}

interface Conversion {
  readonly value: number;
  readonly from: string;
  readonly to: string;
}

/** The value in another unit of the same linear dimension; undefined where the two don't convert by a factor. */
export function convertUnit({ value, from, to }: Conversion): number | undefined {
  const [source, target] = [byName.get(from), byName.get(to)];
  if (source === undefined || target === undefined || source.dimension !== target.dimension) return undefined;
  if (source.dimension === 'temperature' || source.dimension === 'angle') return undefined;
  return Number(((value * source.factor) / target.factor).toPrecision(12));
}
