import { assign } from './assignment.ts';
import { fillPeriod } from './date-slots.ts';
import { keep, openTexts, type Draft } from './draft.ts';
import { messageText, queryText } from './request-text.ts';
import { stem } from './stem.ts';
import { textCandidates, withoutTopic, type TextCandidate } from './text-candidates.ts';
import { textKind, type TextKind } from './text-kind.ts';
import { textSuit } from './text-suit.ts';
import type { Slot } from './tool-view.ts';

const SKIPPED_KINDS = new Set<TextKind>([
  'zone',
  'expression',
  'formula',
  'email',
  'url',
  'phone',
  'date',
  'time',
  'month',
  'unit',
  'currency',
]);

/** Names and places written with a capital go to the slots that ask for them before any list can take them. */
export function fillNames(draft: Draft): void {
  const wanted = openTexts(draft).filter((slot) => slot.required && ['place', 'name'].includes(textKind(slot)));
  const made = assign({
    slots: wanted,
    candidates: textCandidates(draft.reading, draft.used).filter(
      ({ source }) => source === 'proper' || source === 'quoted',
    ),
    suit: (slot, candidate) => textSuit({ slot, candidate, reading: draft.reading, toolStems: draft.toolStems }),
    threshold: () => 0.9,
  });
  for (const { slot, candidate } of made) keep({ draft, slot, value: candidate.text, from: candidate });
}

/** Texts by the words around them; a query or a message from the whole request where nothing is set apart. */
export function fillTexts(draft: Draft): void {
  const wanted = openTexts(draft);
  const spanned = wanted.filter((slot) => !['query', ...SKIPPED_KINDS].includes(textKind(slot)));
  const suit = (slot: Slot, candidate: TextCandidate) =>
    textSuit({ slot, candidate, reading: draft.reading, toolStems: draft.toolStems });
  const topic = topicOf(draft);
  const made = assign({
    slots: spanned,
    candidates: textCandidates(draft.reading, draft.used).map((candidate) => withoutTopic(candidate, topic)),
    suit,
    threshold: (slot) => (slot.required ? (textKind(slot) === 'message' ? 0.9 : 0.05) : 1.2),
  });
  for (const { slot, candidate } of made)
    keep({ draft, slot, value: candidate.text, from: candidate, sure: suit(slot, candidate) / 1.5 });
  for (const slot of wanted) {
    if (draft.values.has(slot) || !slot.required) continue;
    const kind = textKind(slot);
    if (kind === 'query') draft.values.set(slot, queryText(draft.reading));
    else if (kind === 'message') draft.values.set(slot, messageText(draft.reading) ?? queryText(draft.reading));
    else if (kind === 'date' || kind === 'time' || kind === 'month') fillPeriod(slot, draft);
  }
}

/** Words that name the tool's topic and its slots rather than a value. */
function topicOf({ toolStems, slots }: Draft): ReadonlySet<string> {
  return new Set([...toolStems, ...slots.flatMap((slot) => slot.words.map(stem))]);
}
