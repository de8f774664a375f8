import { codeSpans } from './chunks.ts';
import { isFree, keep, openTexts, type Draft, type Range } from './draft.ts';
import { expressionIn } from './expression-text.ts';
import { formulaSpan } from './formulas.ts';
import { hostSpans, phoneSpans } from './spans.ts';
import { textKind, type TextKind } from './text-kind.ts';
import { zoneIn } from './time-zones.ts';
import type { Slot } from './tool-view.ts';

/** Texts recognised by their shape alone: addresses, paths, formulas. */
export function fillShaped(draft: Draft): void {
  const { reading } = draft;
  const spansOf: Partial<Record<TextKind, readonly (Range & { readonly text: string })[]>> = {
    phone: phoneSpans(reading.text),
    host: hostSpans(reading.text),
    email: reading.emails,
    url: reading.urls,
    path: reading.paths,
  };
  for (const slot of openTexts(draft)) {
    const kind = textKind(slot);
    const wanted = ['code', 'name', 'plain', 'place', 'message'].includes(kind) ? hostKind(slot) : kind;
    const span = spansOf[wanted]?.find((each) => isFree(each, draft));
    if (span) keep({ draft, slot, value: span.text, from: span });
    else if (kind === 'zone') fillZone(slot, draft);
    else if (kind === 'expression') fillExpression(slot, draft);
    else if (kind === 'formula') fillFormula(slot, draft);
  }
}

function fillExpression(slot: Slot, draft: Draft): void {
  const value = expressionIn(draft.reading.text) ?? formulaSpan(draft.reading.text)?.text;
  if (value !== undefined) draft.values.set(slot, value);
}

function fillZone(slot: Slot, draft: Draft): void {
  const found = zoneIn(draft.reading.text);
  if (found) keep({ draft, slot, value: found.zone, from: found });
}

/** A formula in one variable; without one, a code such as the formula of a compound. */
function fillFormula(slot: Slot, draft: Draft): void {
  const formula = formulaSpan(draft.reading.text) ?? codeSpans(draft.reading.text)[0];
  if (formula) keep({ draft, slot, value: formula.text, from: formula });
}

function hostKind(slot: Slot): TextKind {
  const text = `${slot.words.join(' ')} ${slot.description}`.toLowerCase();
  if (/\be-?mails?\b|\brecipient\b/u.test(text)) return 'email';
  if (/\b(?:host|url|website|link)\b/u.test(text)) return 'url';
  return /\b(?:path|file|folder|directory)\b/u.test(text) ? 'path' : 'plain';
}
