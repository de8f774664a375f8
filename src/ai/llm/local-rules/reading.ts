import { dateMentions, type DateMention } from './dates.ts';
import { numberMentions, type NumberMention } from './numbers.ts';
import { emailSpans, pathSpans, properSpans, quotedSpans, urlSpans, type Span } from './spans.ts';
import { stem } from './stem.ts';
import { wordsOf, type Word } from './tokenise.ts';

/** A request, read once: its words and everything in it that may fill a slot. */
export interface Reading {
  readonly text: string;
  readonly words: readonly (Word & { readonly stem: string })[];
  /** Without those inside dates, emails, URLs and quotation marks. */
  readonly numbers: readonly NumberMention[];
  readonly dates: readonly DateMention[];
  readonly quoted: readonly Span[];
  readonly emails: readonly Span[];
  readonly urls: readonly Span[];
  readonly paths: readonly Span[];
  readonly propers: readonly Span[];
  readonly today: Date;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

export function overlaps(left: Range, right: Range): boolean {
  return left.start < right.end && right.start < left.end;
}

/** A request with more numbers than this is a table, and no argument stands behind it. */
const MAXIMUM_NUMBERS = 200;

/** Reads a request. Relative dates ("tomorrow") count from `today`. */
export function readRequest(text: string, today: Date): Reading {
  const dates = dateMentions(text, today);
  const quoted = quotedSpans(text);
  const emails = emailSpans(text);
  const urls = urlSpans(text);
  const paths = pathSpans(text).filter((path) => ![...urls, ...emails].some((other) => overlaps(path, other)));
  const taken: readonly Range[] = [...dates, ...emails, ...urls];
  const free = (span: Range) => !taken.some((other) => overlaps(span, other));
  return {
    text,
    words: wordsOf(text).map((word) => ({ ...word, stem: stem(word.lower) })),
    numbers: numberMentions(text)
      .filter((number) => free(number) && !quoted.some((span) => overlaps(span, number)))
      .slice(0, MAXIMUM_NUMBERS),
    dates,
    quoted,
    emails,
    urls,
    paths,
    propers: properSpans(text).filter((span) => free(span) && !quoted.some((other) => overlaps(span, other))),
    today,
  };
}
