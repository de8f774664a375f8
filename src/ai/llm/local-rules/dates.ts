/** A date or a time of day that a text names. */
export interface DateMention {
  readonly kind: 'date' | 'time';
  readonly start: number;
  readonly end: number;
  /** `2026-03-29`; absent for a time of day. */
  readonly date?: string;
  /** `17:30`. */
  readonly time?: string;
  /** As the text has it. */
  readonly text: string;
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const MONTH = `(?<month>${MONTHS.map((month) => `${month.slice(0, 3)}(?:${month.slice(3)})?`).join('|')}|sept)\\.?`;
const DAY = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th)?`;
const YEAR = String.raw`(?<year>\d{4})`;

type Groups = Readonly<Record<string, string | undefined>>;

interface DateRule {
  readonly pattern: RegExp;
  readonly read: (groups: Groups, today: Date) => Date | undefined;
}

const rule = (source: string, read: DateRule['read']): DateRule => ({
  pattern: new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${source})(?![\p{L}\p{N}])`, 'giu'),
  read,
});

const RULES: readonly DateRule[] = [
  rule(
    String.raw`(?<year>\d{4})[-/.](?<month>\d{1,2})[-/.](?<day>\d{1,2})(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?`,
    numeric,
  ),
  rule(String.raw`(?<month>\d{1,2})[/](?<day>\d{1,2})[/](?<year>\d{4})`, numeric),
  rule(String.raw`(?<day>\d{1,2})[-.](?<month>\d{1,2})[-.](?<year>\d{4})`, numeric),
  rule(`${MONTH}\\s+${DAY}(?:,?\\s+${YEAR})?`, named),
  rule(`(?:the\\s+)?${DAY}(?:\\s+of)?\\s+${MONTH}(?:,?\\s+${YEAR})?`, named),
  rule('(?<relative>day after tomorrow|day before yesterday|today|tonight|tomorrow|yesterday)', relativeDay),
  rule(String.raw`in (?<count>\d+|a|one|two|three|four|five|six) (?<span>days?|weeks?)(?: time)?`, inSpan),
  rule(`(?<which>next|this|coming|on|last)?\\s*(?<weekday>${DAYS.join('|')})`, weekday),
];

const TIME =
  /(?<![\p{L}\p{N}:.])(?:(?<hour>\d{1,2})(?::(?<minute>\d{2}))?\s?(?<half>[ap]\.?m\.?)(?![\p{L}])|(?<hour24>[01]?\d|2[0-3]):(?<minute24>[0-5]\d)(?!\d)|(?<named>noon|midnight)(?![\p{L}]))/giu;

/** "Yesterday" with a capital in the middle of a sentence is a song, not a day. */
function isTitle(word: string, before: string): boolean {
  return /^(?:Today|Tonight|Tomorrow|Yesterday)$/u.test(word) && /[\p{L}\p{N},] $/u.test(before.slice(-3));
}

/** Every date and time of day in the text, read in UTC against `today`, in order and without overlaps. */
export function dateMentions(text: string, today: Date): readonly DateMention[] {
  const found: DateMention[] = [];
  for (const { pattern, read } of RULES) {
    for (const match of text.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length];
      if (found.some((other) => other.start < end && start < other.end) || isTitle(match[0], text.slice(0, start)))
        continue;
      const date = read(match.groups ?? {}, today);
      if (date) found.push({ kind: 'date', start, end, date: isoDate(date), text: match[0].trim() });
    }
  }
  for (const match of text.matchAll(TIME)) {
    const time = timeOfDay(match.groups ?? {});
    if (time)
      found.push({ kind: 'time', start: match.index, end: match.index + match[0].length, time, text: match[0] });
  }
  return found.toSorted((left, right) => left.start - right.start);
}

export function isoDate(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** The date in the layout a description asks for, such as `DD-MM-YYYY`; ISO 8601 where it names none. */
export function layOutDate(isoText: string, description: string): string {
  const [year = '', month = '', day = ''] = isoText.split('-');
  const layout = /\b(?:YYYY|DD|MM)[-/. ](?:MM|DD|YYYY)(?:[-/. ](?:YYYY|DD|MM))?\b/iu.exec(description)?.[0];
  if (layout === undefined) return isoText;
  return layout.toUpperCase().replace('YYYY', year).replace('MM', month).replace('DD', day);
}

interface DayParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

function fromParts({ year, month, day }: DayParts): Date | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : undefined;
}

function numeric(groups: Groups): Date | undefined {
  const [year, month, day] = [Number(groups['year']), Number(groups['month']), Number(groups['day'])];
  return fromParts({ year, month, day }) ?? fromParts({ year, month: day, day: month });
}

function named({ year, month = '', day }: Groups, today: Date): Date | undefined {
  const index = MONTHS.findIndex((name) => name.startsWith(month.slice(0, 3).toLowerCase()));
  return fromParts({
    year: year === undefined ? today.getUTCFullYear() : Number(year),
    month: index + 1,
    day: Number(day),
  });
}

function shifted(today: Date, days: number): Date {
  return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() + days));
}

const RELATIVE_DAYS: Readonly<Record<string, number>> = {
  'day after tomorrow': 2,
  'day before yesterday': -2,
  today: 0,
  tonight: 0,
  tomorrow: 1,
  yesterday: -1,
};

function relativeDay({ relative = '' }: Groups, today: Date): Date {
  return shifted(today, RELATIVE_DAYS[relative.toLowerCase()] ?? 0);
}

const COUNTS: Readonly<Record<string, number>> = { a: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6 };

function inSpan({ count = '', span = '' }: Groups, today: Date): Date {
  const amount = COUNTS[count.toLowerCase()] ?? Number(count);
  return shifted(today, span.toLowerCase().startsWith('week') ? 7 * amount : amount);
}

/** The next such day after today (`last`: the one before). */
function weekday({ which, weekday: name = '' }: Groups, today: Date): Date {
  const ahead = (DAYS.indexOf(name.toLowerCase()) - today.getUTCDay() + 7) % 7 || 7;
  return shifted(today, which?.toLowerCase() === 'last' ? ahead - 7 || -7 : ahead);
}

function timeOfDay({ hour, minute = '00', half, hour24, minute24, named: name }: Groups): string | undefined {
  if (name !== undefined) return name.toLowerCase() === 'noon' ? '12:00' : '00:00';
  if (hour24 !== undefined) return `${hour24.padStart(2, '0')}:${minute24}`;
  const base = Number(hour);
  if (base < 1 || base > 12) return undefined;
  const value = (base % 12) + (half?.toLowerCase().startsWith('p') === true ? 12 : 0);
  return `${String(value).padStart(2, '0')}:${minute}`;
}
