import { AppError } from '../kernel/errors.ts';
import { readYaml } from '../kernel/read-yaml.ts';

/** The value of a YAML body. @throws AppError MALFORMED_BODY with line and column; aliases are refused */
export function parseYamlBody(text: string): unknown {
  const reading = readYaml(text);
  if ('value' in reading) return reading.value;
  const { message, place } = reading.problem;
  const where = place === undefined ? '' : ` (line ${place.line}, column ${place.column})`;
  throw new AppError('MALFORMED_BODY', `the body is not plain YAML: ${message}${where}`);
}

/** A body that came as YAML and is parsed by the routes that take it. */
export class YamlText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
