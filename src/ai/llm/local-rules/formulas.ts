const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?)|(?<call>sin|cos|tan|exp|log|ln|sqrt)(?![a-z])|(?<letter>[a-zA-Z])(?![a-zA-Z])|(?<symbol>\*\*|[-+*/^()=]))/uy;

/** A formula is looked for in so many characters. */
const LONGEST = 2000;

/**
 * The longest mathematical formula in one variable that a text writes out, such as the `3x^2 + 2x` of
 * "the derivative of f(x) = 3x^2 + 2x at x = 5", and where it stands.
 */
export function formulaSpan(
  text: string,
): { readonly text: string; readonly start: number; readonly end: number } | undefined {
  let best: { readonly text: string; readonly start: number; readonly end: number } | undefined;
  for (let at = 0; at < Math.min(text.length, LONGEST); at++) {
    if (/[\p{L}\p{N}]/u.test(text[at - 1] ?? ' ')) continue;
    const formula = formulaAt(text, at);
    if (formula !== undefined && formula.length > (best?.text.length ?? 0)) {
      const start = text.indexOf(formula, at);
      best = { text: formula, start, end: start + formula.length };
    }
  }
  return best;
}

function formulaAt(text: string, start: number): string | undefined {
  let end = start;
  for (;;) {
    TOKEN.lastIndex = end;
    const match = TOKEN.exec(text);
    if (!match) break;
    end = TOKEN.lastIndex;
  }
  const run = text
    .slice(start, end)
    .trim()
    .replace(/[-+*/^=(]+$/u, '')
    .trim();
  const right = run.includes('=') ? run.slice(run.indexOf('=') + 1).trim() : run;
  const body = /^(?:0|\d+)$/u.test(right) ? run.slice(0, run.indexOf('=')).trim() : right;
  const variable = /(?<![a-zA-Z])[a-zA-Z](?![a-zA-Z])/u.test(body) || /\d[a-z]/u.test(body);
  const operator = /\^|\*|[-+/]|\d[a-z]|(?:sin|cos|tan|exp|log|ln|sqrt)\(/u.test(body);
  return variable && operator && !/^[a-zA-Z]\s/u.test(body.replace(/^[a-z]\s*[-+*/^]/u, '')) ? body : undefined;
}

const QUADRATIC =
  /(?<a>[-−]?\s*\d*(?:\.\d+)?)\s*\*?\s*(?<x>[a-z])\s*(?:\^\s*2|\*\*\s*2|²)\s*(?:(?<b>[-+−]\s*\d*(?:\.\d+)?)\s*\*?\s*\k<x>(?![a-z]))?\s*(?<c>[-+−]\s*\d+(?:\.\d+)?)?/iu;

/** The coefficients of a quadratic that a text writes out, and where: `2x^2 - 7x + 3` gives 2, -7, 3. */
export function quadraticIn(
  text: string,
): { readonly coefficients: readonly number[]; readonly start: number; readonly end: number } | undefined {
  const match = QUADRATIC.exec(text);
  if (match === null) return undefined;
  const { a = '', b, c } = match.groups ?? {};
  const coefficients = [coefficient(a), b === undefined ? 0 : coefficient(b), c === undefined ? 0 : coefficient(c)];
  return { coefficients, start: match.index, end: match.index + match[0].length };
}

function coefficient(text: string): number {
  const bare = text.replaceAll(/\s/gu, '').replace('−', '-');
  return /\d/u.test(bare) ? Number(bare) : Number(`${bare}1`);
}
