import { type Document, isScalar, Lexer, parseDocument, visit } from 'yaml';

import { AppError } from '../kernel/errors.ts';
import { assertPlainTree, MOST_LEVELS } from './request-body.ts';

/** Many times what a definition holds; the parser takes 0.1 s for so many, and longer than linear for more. */
const MOST_TOKENS = 50_000;

/**
 * The value of a YAML body, as plain as JSON's: no anchors, aliases, tags or documents behind the first.
 * @throws AppError MALFORMED_BODY with line and column
 */
export function parseYamlBody(text: string): unknown {
  assertPlainTokens(text);
  let value: unknown;
  try {
    // (Told to be silent, the parser would drop further documents without a word.)
    const document = parseDocument(text, { stringKeys: true, resolveKnownTags: false, uniqueKeys: false });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw problem;
    assertUniqueKeys(document);
    value = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
    throw notPlain(reason, error);
  }
  assertPlainTree(value);
  return value;
}

/**
 * Stops at the first sign of what would take the parser long, which it would only say at the end.
 * No text of a scalar begins with one of these signs: such texts are quoted or indented.
 */
function assertPlainTokens(text: string): void {
  let count = 0;
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    const first = token.charAt(0);
    if (first === '&' || first === '*') throw notPlain('anchors and aliases are not taken');
    if (first === '[' || first === '{') depth += 1;
    if (first === ']' || first === '}') depth -= 1;
    if (depth > MOST_LEVELS) throw notPlain(`it is nested deeper than ${MOST_LEVELS} levels`);
    count += 1;
    if (count > MOST_TOKENS) throw notPlain(`it has more than ${MOST_TOKENS} parts; send JSON`);
  }
}

/** The parser's own check compares every key with every other: 20,000 keys took it 4 s. */
function assertUniqueKeys(document: Document): void {
  visit(document, {
    Map: (_key, node) => {
      const keys = new Set<unknown>();
      for (const { key } of node.items) {
        const name = isScalar(key) ? key.value : key;
        if (keys.has(name)) throw new Error(`the key ${String(name).slice(0, 100)} stands twice`);
        keys.add(name);
      }
    },
  });
}

function notPlain(reason: string, cause?: unknown): AppError {
  return new AppError('MALFORMED_BODY', `the body is not plain YAML: ${reason}`, cause === undefined ? {} : { cause });
}

/** A body that came as YAML and is parsed by the routes that take it. */
export class YamlText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
