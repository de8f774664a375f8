import { parseDocument } from 'yaml';

import { AppError } from '../kernel/errors.ts';

/** The value of a YAML body. @throws AppError MALFORMED_BODY with line and column; aliases are refused */
export function parseYamlBody(text: string): unknown {
  try {
    const document = parseDocument(text, { stringKeys: true, logLevel: 'silent' });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw problem;
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
    throw new AppError('MALFORMED_BODY', `the body is not plain YAML: ${reason}`, { cause: error });
  }
}

/** A body that came as YAML and is parsed by the routes that take it. */
export class YamlText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
