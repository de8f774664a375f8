import { assign } from './assignment.ts';
import { cueStrength, type Cue } from './cues.ts';
import { layOutDate, type DateMention } from './dates.ts';
import { isFree, keep, openTexts, type Draft } from './draft.ts';
import type { Reading } from './reading.ts';
import { wordBefore } from './spans.ts';
import { textKind } from './text-kind.ts';
import type { Slot } from './tool-view.ts';

/** Dates and times of day, each to the slot whose words and direction suit it best. */
export function fillDates(draft: Draft): void {
  for (const kind of ['date', 'time'] as const) {
    const wanted = openTexts(draft).filter((slot) => textKind(slot) === kind);
    const candidates = draft.reading.dates.filter((mention) => mention.kind === kind);
    const made = assign({
      slots: wanted,
      candidates,
      suit: (slot, mention) => dateSuit({ slot, place: mention, reading: draft.reading }),
      threshold: () => 0.1,
    });
    for (const { slot, candidate } of made)
      keep({ draft, slot, value: dateValue(slot, { mention: candidate, reading: draft.reading }), from: candidate });
  }
}

const FIRST_DAY = /\b(?:start|from|begin|beginning|check ?in|departure|pickup|arrival|first|since|after)\b/u;
const LAST_DAY = /\b(?:end|to|until|till|return|check ?out|dropoff|last|before|by)\b/u;

/** Where two days are named, "from" and "to" tell which is which, and else their order. */
function dateSuit({ slot, place, reading }: Cue): number {
  const name = slot.words.join(' ');
  const before = wordBefore(reading.text, place.start);
  const base = 0.3 * Math.min(1, cueStrength({ slot, place, reading })) + (slot.required ? 0.3 : 0.2);
  const opens = ['from', 'between', 'starting', 'on'].includes(before);
  const closes = ['to', 'until', 'till', 'through', 'and', 'by'].includes(before);
  if (FIRST_DAY.test(name)) return base + (opens ? 0.6 : closes ? -0.25 : 0);
  return LAST_DAY.test(name) ? base + (closes ? 0.6 : opens ? -0.25 : 0) : base;
}

interface ReadMention {
  readonly mention: DateMention;
  readonly reading: Reading;
}

function dateValue(slot: Slot, { mention, reading }: ReadMention): string {
  if (mention.kind === 'time') return mention.time ?? mention.text;
  if (slot.format !== 'date-time') return layOutDate(mention.date ?? '', slot.description);
  const time = reading.dates.find((each) => each.kind === 'time')?.time ?? '00:00';
  return `${mention.date}T${time}:00Z`;
}

const MONTH_NAME = /\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b/u;

const PERIOD =
  /\b(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)(?:\s+\d{4})?|\d{4}|(?:this|next|last) (?:week|month|year|weekend))\b/iu;

/** A date slot given only a year or a month, a month by its name: whatever is left of that shape. */
export function fillPeriod(slot: Slot, draft: Draft): void {
  const { text, dates } = draft.reading;
  if (textKind(slot) === 'month') return keepMatch(MONTH_NAME.exec(text), { draft, slot, sure: 1 });
  const mention = dates.find((each) => isFree(each, draft));
  if (mention === undefined) keepMatch(PERIOD.exec(text), { draft, slot, sure: 0.4 });
  else keep({ draft, slot, value: mention.date ?? mention.time ?? mention.text, from: mention, sure: 0.4 });
}

function keepMatch(match: RegExpExecArray | null, target: { draft: Draft; slot: Slot; sure: number }): void {
  if (match === null) return;
  const from = { start: match.index, end: match.index + match[0].length };
  if (isFree(from, target.draft)) keep({ ...target, value: match[0], from });
}
