import type { AgentDefinition, DefinitionChange, DiffLine } from '#contract';

import { fieldPath } from '../../kernel/parse-input.ts';
import { alignSequences } from '../../utils/align-sequences.ts';
import { canonicalJson, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../utils/json.ts';

type Path = readonly PropertyKey[];
type Json = NonNullable<DefinitionChange['before']>;

interface Difference {
  readonly path: Path;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

const CONTEXT_LINES = 3;

/**
 * What differs between two definitions, field by field. Items of a list are matched by their
 * value, so that one put in front changes no other; a path names an item's place in `after`, or
 * where it was removed, in `before`. Texts of several lines come as lines.
 */
export function diffDefinitions(before: AgentDefinition, after: AgentDefinition): DefinitionChange[] {
  return compare({ path: [], before, after });
}

function compare({ path, before, after }: Difference): DefinitionChange[] {
  if (isJsonObject(before) && isJsonObject(after)) return compareObjects(path, { before, after });
  if (isJsonArray(before) && isJsonArray(after)) return compareLists(path, { before, after });
  if (before === after) return [];
  const change = { path: fieldPath(path), op: operation(before, after) };
  if (isLines(before, after)) {
    return [{ ...change, lines: diffLines(linesOf(before), linesOf(after)) }];
  }
  return [
    {
      ...change,
      ...(before === undefined ? {} : { before: before as Json }),
      ...(after === undefined ? {} : { after: after as Json }),
    },
  ];
}

function operation(before: JsonValue | undefined, after: JsonValue | undefined): DefinitionChange['op'] {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}

function compareObjects(
  path: Path,
  { before, after }: { readonly before: JsonObject; readonly after: JsonObject },
): DefinitionChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    compare({ path: [...path, key], before: member(before, key), after: member(after, key) }),
  );
}

/** Keys such as `constructor` are ordinary words in a JSON Schema. */
function member(value: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function compareLists(
  path: Path,
  { before, after }: { readonly before: readonly JsonValue[]; readonly after: readonly JsonValue[] },
): DefinitionChange[] {
  return gapsBetween(before.map(canonicalJson), after.map(canonicalJson)).flatMap(({ removed, added }) => {
    const changes: DefinitionChange[] = [];
    for (let index = 0; index < Math.max(length(removed), length(added)); index += 1) {
      const from = removed.start + index < removed.end ? removed.start + index : undefined;
      const to = added.start + index < added.end ? added.start + index : undefined;
      changes.push(
        ...compare({
          path: [...path, to ?? from ?? 0],
          before: from === undefined ? undefined : before[from],
          after: to === undefined ? undefined : after[to],
        }),
      );
    }
    return changes;
  });
}

function isLines(before: JsonValue | undefined, after: JsonValue | undefined): boolean {
  const texts = [before, after].filter((value) => value !== undefined);
  return texts.every((text) => typeof text === 'string') && texts.some((text) => text.includes('\n'));
}

function linesOf(text: JsonValue | undefined): readonly string[] {
  return typeof text === 'string' && text !== '' ? text.split('\n') : [];
}

/** The lines that differ, with up to three lines before and behind that don't. */
function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const lines: DiffLine[] = [];
  const keep = (from: Gap, { start, end }: Range): void => {
    for (let index = Math.max(start, from.removed.end); index < end; index += 1) {
      const place = from.added.end + index - from.removed.end;
      lines.push({ op: 'same', before: index + 1, after: place + 1, text: before[index] ?? '' });
    }
  };
  let last: Gap | undefined;
  for (const gap of gapsBetween(before, after)) {
    const { start } = gap.removed;
    const shown = last === undefined ? 0 : Math.min(last.removed.end + CONTEXT_LINES, start);
    if (last !== undefined) keep(last, { start: last.removed.end, end: shown });
    keep(last ?? BEGINNING, { start: Math.max(shown, start - CONTEXT_LINES), end: start });
    for (let index = start; index < gap.removed.end; index += 1) {
      lines.push({ op: 'removed', before: index + 1, text: before[index] ?? '' });
    }
    for (let index = gap.added.start; index < gap.added.end; index += 1) {
      lines.push({ op: 'added', after: index + 1, text: after[index] ?? '' });
    }
    last = gap;
  }
  if (last !== undefined) {
    keep(last, { start: last.removed.end, end: Math.min(last.removed.end + CONTEXT_LINES, before.length) });
  }
  return lines;
}

/** From `start` up to and without `end`. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** What stands between two items that are kept. */
interface Gap {
  readonly removed: Range;
  readonly added: Range;
}

const BEGINNING: Gap = { removed: { start: 0, end: 0 }, added: { start: 0, end: 0 } };

function length({ start, end }: Range): number {
  return end - start;
}

function gapsBetween(before: readonly string[], after: readonly string[]): Gap[] {
  const gaps: Gap[] = [];
  const partners = alignSequences(before, after);
  let nextBefore = 0;
  let nextAfter = 0;
  for (let index = 0; index <= before.length; index += 1) {
    const partner = index === before.length ? after.length : (partners[index] ?? -1);
    if (partner === -1) continue;
    const gap = { removed: { start: nextBefore, end: index }, added: { start: nextAfter, end: partner } };
    if (length(gap.removed) > 0 || length(gap.added) > 0) gaps.push(gap);
    nextBefore = index + 1;
    nextAfter = partner + 1;
  }
  return gaps;
}
