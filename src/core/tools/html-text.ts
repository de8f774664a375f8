/** What a person would read of an HTML page. */
export interface HtmlText {
  readonly title: string;
  readonly text: string;
}

/** Elements whose content nobody reads. */
const SILENT: ReadonlySet<string> = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'title',
  'iframe',
  'object',
]);
const BLOCKS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body br dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 ' +
    'h6 header hr html li main nav ol option p pre section summary table tbody thead tr ul'
  ).split(' '),
);
/** The named character references that pages really use; others are left as they stand. */
const NAMED_CHARACTERS = pairs(
  (
    'amp & lt < gt > quot " apos \' copy © reg ® trade ™ deg ° ndash – mdash — hellip … lsquo ‘ rsquo ’ ldquo “ rdquo ” ' +
    'laquo « raquo » bull • middot · times × divide ÷ plusmn ± minus − euro € pound £ sect § auml ä ouml ö uuml ü Auml Ä ' +
    'Ouml Ö Uuml Ü szlig ß eacute é egrave è agrave à ccedil ç ecirc ê ntilde ñ oacute ó aacute á larr ← rarr →'
  ).split(' '),
);

function pairs(parts: readonly string[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (let index = 1; index < parts.length; index += 2) map.set(parts[index - 1] ?? '', parts[index] ?? '');
  return map;
}

/**
 * The readable text of an HTML page: tags, comments, scripts and styles gone, a line for a block,
 * `- ` before list items, `#` before headings, cells apart, character references decoded. One pass
 * from left to right, whatever the page (no parser: nesting is not looked at).
 */
export function htmlText(html: string): HtmlText {
  const output: string[] = [];
  let title = '';
  let position = 0;
  while (position < html.length) {
    const open = html.indexOf('<', position);
    if (open === -1) break;
    output.push(html.slice(position, open));
    const tag = tagAt(html, open);
    if (tag === undefined) {
      output.push('<');
      position = open + 1;
      continue;
    }
    position = tag.end;
    if (tag.opens && SILENT.has(tag.name)) {
      const close = contentEnd(html, tag);
      if (tag.name === 'title' && title === '') title = decodeCharacters(html.slice(position, close)).trim();
      position = close;
    } else output.push(separator(tag));
  }
  output.push(html.slice(position));
  return { title: title.replaceAll(/\s+/g, ' '), text: tidy(decodeCharacters(output.join(''))) };
}

interface Tag {
  /** Lower-case; empty for a comment or a declaration. */
  readonly name: string;
  readonly opens: boolean;
  /** Index behind it. */
  readonly end: number;
}

/** The tag or comment that begins at `<`; undefined where the `<` is only text. */
function tagAt(html: string, open: number): Tag | undefined {
  if (html.startsWith('<!--', open)) {
    const close = html.indexOf('-->', open + 4);
    return { name: '', opens: false, end: close === -1 ? html.length : close + 3 };
  }
  const match = /^<([/!?]?)([a-z][^\s/>]{0,50})?/i.exec(html.slice(open, open + 60));
  if (match === null || (match[1] === '' && match[2] === undefined)) return undefined;
  return { name: (match[2] ?? '').toLowerCase(), opens: match[1] === '', end: tagEnd(html, open) };
}

/** Behind the `>` that closes the tag, not one in a quoted attribute. */
function tagEnd(html: string, open: number): number {
  let quote = '';
  for (let index = open + 1; index < html.length; index += 1) {
    const character = html.charAt(index);
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '>') return index + 1;
    else if ((character === '"' || character === "'") && /[=\s]/.test(html.charAt(index - 1))) quote = character;
  }
  // A quote that never closes: the tag ends at the first > there is.
  const close = html.indexOf('>', open);
  return close === -1 ? html.length : close + 1;
}

/** Where the content of a silent element ends: before its closing tag, or with the page. */
function contentEnd(html: string, { name, end }: Tag): number {
  const closing = new RegExp(`</${name}`, 'gi');
  closing.lastIndex = end;
  return closing.exec(html)?.index ?? html.length;
}

function separator({ name, opens }: Tag): string {
  if (name === 'li' && opens) return '\n- ';
  if (opens && /^h[1-6]$/.test(name)) return `\n\n${'#'.repeat(Number(name.charAt(1)))} `;
  if (name === 'p' || /^h[1-6]$/.test(name)) return '\n\n';
  if (name === 'td' || name === 'th') return opens ? '' : '\t';
  return BLOCKS.has(name) ? '\n' : '';
}

function decodeCharacters(text: string): string {
  return text.replaceAll(/&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8});/gi, (reference) => {
    const name = reference.slice(1, -1);
    if (name === 'nbsp') return ' ';
    if (name === 'shy') return '';
    if (!name.startsWith('#')) return NAMED_CHARACTERS.get(name) ?? reference;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    const valid = code > 0 && code <= 0x10_ffff && (code < 0xd800 || code > 0xdfff);
    return valid ? String.fromCodePoint(code) : '\uFFFD';
  });
}

function tidy(text: string): string {
  const lines = text.split('\n').map((line) =>
    line
      .replaceAll(/[^\S\t]+/g, ' ')
      .replaceAll(/ *\t[ \t]*/g, '\t')
      .trim(),
  );
  return lines
    .filter((line) => line !== '-')
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}
