import { createContext, Script } from 'node:vm';

import { errorCode } from '../../utils/error-code.ts';

/** No pattern of any use takes as long. */
const MOST_MILLISECONDS = 250;
/** With so few even a bad pattern soon comes to its end; setting the clock takes a third of a millisecond. */
const HARMLESS_CHARACTERS = 12;

const MATCH = new Script('pattern.test(text)');
const sandbox = createContext({ pattern: /x/, text: '' });

/** Thrown where a pattern and a text together take too long, as `^(a+)+$` does for `aaaa…!`. */
export class SlowPatternError extends Error {
  override readonly name = 'SlowPatternError';

  constructor(pattern: RegExp, cause: unknown) {
    super(`the pattern ${String(pattern)} takes longer than ${MOST_MILLISECONDS} ms for it`, { cause });
  }
}

export interface BoundedPattern {
  /** @throws SlowPatternError */
  readonly test: (text: string) => boolean;
  readonly toString: () => string;
}

/**
 * A regular expression whose every test ends on time: backtracking is exponential in the worst case,
 * the schema and the text come from outside, and nothing else in the process runs meanwhile. A match
 * is interrupted only by the timeout of a script, so it runs as one.
 * @throws SyntaxError for what is no regular expression; its `test` throws SlowPatternError
 */
// oxlint-disable-next-line max-params -- the signature that Ajv asks for
export function boundedPattern(source: string, flags: string): BoundedPattern {
  const pattern = new RegExp(source, flags);
  return {
    test(text) {
      if (text.length <= HARMLESS_CHARACTERS) return pattern.test(text);
      Object.assign(sandbox, { pattern, text });
      try {
        return MATCH.runInContext(sandbox, { timeout: MOST_MILLISECONDS }) === true;
      } catch (error) {
        if (errorCode(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new SlowPatternError(pattern, error);
        throw error;
      }
    },
    toString: () => String(pattern),
  };
}
