import { CalculationError } from '../../../utils/rational.ts';
import { evaluateExpression } from '../../../utils/expression.ts';
import { numberMentions } from './numbers.ts';

const OPERAND = String.raw`(\(?-?\d[\d,]*(?:\.\d+)?%?\)?)`;

/** Ways of saying an operation, and how it is written. */
const WORDINGS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b(?:the\s+)?square\s+root\s+of\s+\(?\s*(-?[\d,.]+)\s*\)?/giu, 'sqrt($1)'],
  [/\b(?:the\s+)?cube\s+root\s+of\s+\(?\s*(-?[\d,.]+)\s*\)?/giu, 'cbrt($1)'],
  [/\b(?:the\s+)?factorial\s+of\s+(\d+)|\b(\d+)\s+factorial\b/giu, 'factorial($1$2)'],
  [
    new RegExp(
      String.raw`\b(?:the\s+)?(?:sum|total)\s+of\s+${OPERAND}\s*(?:and|,)\s*${OPERAND}(?!\s*(?:,|and)\s*\d)`,
      'giu',
    ),
    '($1 + $2)',
  ],
  [new RegExp(String.raw`\b(?:the\s+)?product\s+of\s+${OPERAND}\s+and\s+${OPERAND}`, 'giu'), '($1 * $2)'],
  [
    new RegExp(String.raw`\b(?:the\s+)?difference\s+(?:between|of)\s+${OPERAND}\s+and\s+${OPERAND}`, 'giu'),
    '($1 - $2)',
  ],
  [new RegExp(String.raw`\badd\s+${OPERAND}\s+(?:and|to)\s+${OPERAND}`, 'giu'), '($1 + $2)'],
  [new RegExp(String.raw`\bsubtract\s+${OPERAND}\s+from\s+${OPERAND}`, 'giu'), '($2 - $1)'],
  [new RegExp(String.raw`\bmultiply\s+${OPERAND}\s+(?:by|and|with)\s+${OPERAND}`, 'giu'), '($1 * $2)'],
  [new RegExp(String.raw`\bdivide\s+${OPERAND}\s+by\s+${OPERAND}`, 'giu'), '($1 / $2)'],
  [/\bhalf\s+of\s+(?=[\d(])/giu, '1/2 * '],
  [/\ba\s+(?:third)\s+of\s+(?=[\d(])/giu, '1/3 * '],
  [/\ba\s+(?:quarter)\s+of\s+(?=[\d(])/giu, '1/4 * '],
  [/\s+(?:is\s+)?(?:raised\s+)?to\s+the\s+power\s+(?:of\s+)?(?=[-\d(])/giu, ' ^ '],
  [/(?<=[\d)])\s+squared\b/giu, ' ^ 2'],
  [/(?<=[\d)])\s+cubed\b/giu, ' ^ 3'],
  [/(?<=[\d)%])\s+plus\s+/giu, ' + '],
  [/(?<=[\d)%])\s+minus\s+/giu, ' - '],
  [/(?<=[\d)%])\s+(?:times|multiplied\s+by)\s+/giu, ' * '],
  [/(?<=[\d)%])\s*[x×]\s*(?=[\d(])/giu, ' * '],
  [/(?<=[\d)%])\s+(?:divided\s+by|over)\s+/giu, ' / '],
  [/(?<=\d)\s*(?:percent|per\s+cent)\b/giu, '%'],
  [/(?<=\d)\s*%\s*of\s+(?:the\s+)?[$€£]?(?=[\d(])/giu, '/100 * '],
  [/(?<=\d)\s+mod(?:ulo)?\s+(?=\d)/giu, ' mod '],
];

const LISTED: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\b(?:average|mean)\s+of\s+(?<list>-?\d[\d.\s,]*(?:and\s+-?[\d.]+)?)/giu, 'mean'],
  [/\bmedian\s+of\s+(?<list>-?\d[\d.\s,]*(?:and\s+-?[\d.]+)?)/giu, 'median'],
  [/\b(?:sum|total)\s+of\s+(?<list>-?\d[\d.\s,]*(?:and\s+-?[\d.]+)?)/giu, 'sum'],
  [/\b(?:maximum|max|largest|highest)\s+of\s+(?<list>-?\d[\d.\s,]*(?:and\s+-?[\d.]+)?)/giu, 'max'],
  [/\b(?:minimum|min|smallest|lowest)\s+of\s+(?<list>-?\d[\d.\s,]*(?:and\s+-?[\d.]+)?)/giu, 'min'],
];

const FUNCTION_NAMES =
  'sqrt|cbrt|abs|floor|ceil|round|factorial|pow|mod|min|max|sum|mean|average|median|gcd|lcm|exp|ln|log10|log2|log|sin|cos|tan';
const PIECE = String.raw`(?:${FUNCTION_NAMES})\s*\([\d\s.,+*/^()-]*\)|\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?%?!?|\.\d+|[-+*/^()×÷−]|mod|pi|π`;
const RUN = new RegExp(String.raw`(?<![\p{L}\p{N}_.])(?:${PIECE})(?:\s*(?:${PIECE}))*(?![\p{L}\p{N}_])`, 'giu');

/**
 * The arithmetic a text asks for, as an expression the calculator reads ("17% of 2,350" becomes
 * `17/100 * 2350`); undefined where it asks for none. A lone number is no arithmetic.
 */
export function expressionIn(text: string): string | undefined {
  const spelled = spell(text);
  let best: string | undefined;
  for (const match of spelled.matchAll(RUN)) {
    const candidate = tidy(match[0]);
    if (candidate.length > (best?.length ?? 0) && isArithmetic(candidate, text)) best = candidate;
  }
  return best;
}

function spell(text: string): string {
  let spelled = numberWordsToDigits(text);
  for (const [pattern, name] of LISTED) {
    spelled = spelled.replaceAll(pattern, (whole, list: string) => listed({ whole, list, name }));
  }
  for (const [pattern, replacement] of WORDINGS) spelled = spelled.replaceAll(pattern, replacement);
  return spelled.replaceAll(/[$€£](?=\d)/gu, '').replaceAll(/(?<=\d),(?=\d{3}(?!\d))(?![^()]*\))/gu, '');
}

function listed({
  whole,
  list,
  name,
}: {
  readonly whole: string;
  readonly list: string;
  readonly name: string;
}): string {
  const items = list.split(/\s*(?:,\s*(?:and\s+)?|\s+and\s+)\s*/u).map((item) => item.trim().replace(/\.$/u, ''));
  const numbers = items.filter((item) => /^-?\d+(?:\.\d+)?$/u.test(item));
  return numbers.length < 2 ? whole : `${name}(${numbers.join(', ')}) `;
}

function numberWordsToDigits(text: string): string {
  let result = '';
  let at = 0;
  for (const mention of numberMentions(text)) {
    const raw = text.slice(mention.start, mention.end);
    if (mention.ordinal || /\d/u.test(raw) || mention.unit !== undefined) continue;
    const tail = mention.percent ? '%' : '';
    result += `${text.slice(at, mention.start)}${mention.value}${tail}`;
    at = mention.end;
  }
  return result + text.slice(at);
}

function tidy(candidate: string): string {
  let tidied = candidate
    .trim()
    .replace(/[+*/^×÷−-]+$/u, '')
    .trim();
  while (count(tidied, '(') < count(tidied, ')') && tidied.endsWith(')')) tidied = tidied.slice(0, -1).trim();
  while (count(tidied, '(') > count(tidied, ')') && tidied.startsWith('(')) tidied = tidied.slice(1).trim();
  return tidied.startsWith('(') && tidied.endsWith(')') && !/[()]/u.test(tidied.slice(1, -1))
    ? tidied.slice(1, -1)
    : tidied;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

/** A date such as 2024-05-01 or a phone number is no subtraction. */
const LOOKS_LIKE_DATE =
  /^\d{4}\s*[-/]\s*\d{1,2}\s*[-/]\s*\d{1,2}$|^\d{1,2}[-/]\d{1,2}[-/]\d{2,4}$|^\d+-\d+(?:-\d+)+$|^\+\d+$/u;

function isArithmetic(candidate: string, text: string): boolean {
  if (!/[a-z]+\(|\d\s*[-+*/^×÷−!%]|mod/iu.test(candidate) || LOOKS_LIKE_DATE.test(candidate)) return false;
  if (/^\d[\d,.]*%$/u.test(candidate)) return false;
  // "10-20" written without spaces inside a sentence is a range, unless the text asks for a sum.
  if (/^\d+-\d+$/u.test(candidate) && !/\b(?:what(?:'s| is)|calculate|compute|evaluate|work out|=)/iu.test(text))
    return false;
  try {
    evaluateExpression(candidate);
    return true;
  } catch (error) {
    if (error instanceof CalculationError) return /zero|digits|real/u.test(error.message);
    throw error;
  }
}
