import { z } from 'zod';

import { nearNames } from '../utils/near-names.ts';
import { AppError } from './errors.ts';

/** A field that is wrong and why; `path` as in `strategy.name` or `tools[1]`, empty for the whole. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

const MOST_ERRORS = 50;

/**
 * The value as the schema gives it, defaults filled in.
 * @param subject what is parsed, as the message shall call it: `the agent definition`
 * @throws AppError VALIDATION_FAILED with `details.errors` (FieldError[]), unknown fields each named
 */
// oxlint-disable-next-line max-params -- reads as it is said: by this schema, this value, called so
export function parseInput<Output>(schema: z.ZodType<Output>, value: unknown, subject: string): Output {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidInput(
    subject,
    parsed.error.issues.flatMap((issue) => toFieldErrors(schema, issue)),
  );
}

/** VALIDATION_FAILED with its first field and the number of the others in the message. */
// oxlint-disable-next-line max-params -- the cause is a detail of a few callers
export function invalidInput(subject: string, errors: readonly FieldError[], cause?: unknown): AppError {
  const [first] = errors;
  const place = first === undefined || first.path === '' ? subject : `${first.path} of ${subject}`;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new AppError('VALIDATION_FAILED', `${place}: ${first?.message ?? 'is not valid'}${more}`, {
    details: { errors: errors.slice(0, MOST_ERRORS).map(({ path, message }) => ({ path, message })) },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A path as people write it: `tools[1].name`. */
export function fieldPath(segments: readonly PropertyKey[]): string {
  let path = '';
  for (const segment of segments) {
    if (typeof segment === 'number') path += `[${segment}]`;
    else path += path === '' ? String(segment) : `.${String(segment)}`;
  }
  return path;
}

function toFieldErrors(schema: z.ZodType, issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownFields(schema, issue.path);
    return issue.keys.slice(0, MOST_ERRORS).map((key) => ({
      path: fieldPath([...issue.path, key.slice(0, 128)]),
      message: `is not a known field${suggestion(key, known)}`,
    }));
  }
  return [{ path: fieldPath(issue.path), message: issueMessage(issue) }];
}

function suggestion(key: string, known: readonly string[]): string {
  const [near] = nearNames(key, known);
  if (near !== undefined) return `; did you mean ${near}?`;
  return known.length === 0 ? '' : `; known are ${known.join(', ')}`;
}

function issueMessage(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return `is missing; give ${article(issue.expected)}`;
  }
  return issue.message.replace(/^Invalid (?:input|option): /, '');
}

function article(type: string): string {
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** The fields of the object at a path of the schema, seen through defaults and optionals. */
function knownFields(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let current: unknown = unwrap(schema);
  for (const segment of path) {
    if (current instanceof z.ZodObject) current = unwrap(current.shape[String(segment)]);
    else if (current instanceof z.ZodArray) current = unwrap(current.element);
    else return [];
  }
  return current instanceof z.ZodObject ? Object.keys(current.shape) : [];
}

function unwrap(schema: unknown): unknown {
  let current = schema;
  while (current instanceof z.ZodDefault || current instanceof z.ZodOptional || current instanceof z.ZodNullable) {
    current = current.unwrap();
  }
  return current;
}
