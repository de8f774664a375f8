import { Composer, type Document, isScalar, Lexer, LineCounter, Parser, visit } from 'yaml';

/** What is wrong with a text, and where (both counted from 1), as far as it is known. */
export interface TextProblem {
  readonly message: string;
  readonly place?: { readonly line: number; readonly column: number };
}

export type TextReading = { readonly value: unknown } | { readonly problem: TextProblem };

/** Deeper than anything of ours; what lies deeper would exhaust the stack of whoever walks it. */
const MOST_LEVELS = 100;
/** Many times what a definition holds; the parser takes 0.1 s for so many, and longer than linear for more. */
const MOST_TOKENS = 50_000;

/**
 * The value of one YAML 1.2 document, such as JSON can carry it. Refused, with their place, beside
 * what is no YAML: aliases (a few of them can unfold to gigabytes), a key that stands twice in a
 * map, the key `__proto__`, unknown tags, a second document, more than 100 levels.
 */
export function readYaml(text: string): TextReading {
  const lineCounter = new LineCounter();
  try {
    const document = compose(text, lineCounter);
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw new Refusal(problem.pos[0], problem.message.split('\n', 1)[0] ?? '');
    refuseAliasesAndTwins(document);
    return { value: document.toJS() as unknown };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { line, col } = lineCounter.linePos(error.offset);
    return { problem: { message: error.message, place: { line, column: col } } };
  }
}

/**
 * The value of a JSON text. It is read as YAML 1.2 too, of which it is a part: both get the same
 * words and places for what is wrong, and the same refusals.
 */
export function readJson(text: string): TextReading {
  const reading = readYaml(text);
  if ('problem' in reading) return reading;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: { message: error instanceof Error ? error.message : String(error) } };
  }
}

class Refusal extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

function compose(text: string, lineCounter: LineCounter): Document {
  // The library's own check for equal keys compares each with all before it: 4 s for 20,000 keys.
  const options = { stringKeys: true, uniqueKeys: false, schema: 'core', resolveKnownTags: false } as const;
  const documents = new Composer(options).compose(parse(text, lineCounter), true, text.length);
  let only: Document | undefined;
  for (const document of documents) {
    if (only !== undefined) throw new Refusal(document.range[0], 'a second document begins here; only one is read');
    only = document;
  }
  if (only === undefined) throw new Refusal(0, 'there is no document');
  return only;
}

/** What the library's `Parser.parse` does, with a bound on the levels. */
function* parse(text: string, lineCounter: LineCounter): ReturnType<Parser['parse']> {
  const parser = new Parser(lineCounter.addNewLine);
  lineCounter.addNewLine(0);
  let tokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    tokens += 1;
    if (tokens > MOST_TOKENS) throw new Refusal(parser.offset, `it has more than ${MOST_TOKENS} parts`);
    // The outermost of the open tokens is the document.
    if (parser.stack.length > MOST_LEVELS + 1) {
      throw new Refusal(parser.offset, `it is nested deeper than ${MOST_LEVELS} levels`);
    }
  }
  yield* parser.end();
}

function refuseAliasesAndTwins(document: Document): void {
  visit(document, {
    Alias(_key, alias) {
      throw new Refusal(alias.range?.[0] ?? 0, `the alias *${alias.source} is not allowed; write its value out`);
    },
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value))
          throw new Refusal(key.range?.[0] ?? 0, `the key ${quoted(key.value)} stands here twice`);
        if (key.value === '__proto__') throw new Refusal(key.range?.[0] ?? 0, 'the key __proto__ is not allowed');
        seen.add(key.value);
      }
    },
  });
}

function quoted(key: unknown): string {
  return JSON.stringify(String(key).slice(0, 100));
}
