import { AppError } from '../kernel/errors.ts';
import { contentHash } from '../utils/content-hash.ts';

/** The strong ETag of a thing at a version of its stream. */
export function revisionTag(revision: number): string {
  return `"r${revision}"`;
}

/** The strong ETag of a representation. */
export function contentTag(text: string): string {
  return `"${contentHash(text).slice(0, 32)}"`;
}

/** Whether If-None-Match names the tag (weak comparison, RFC 9110, 13.1.2). */
export function matchesNone(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return tagsOf(ifNoneMatch).some((given) => given === '*' || given.replace(/^W\//, '') === tag);
}

/**
 * The revision that If-Match asks for; undefined where any will do.
 * @throws AppError PRECONDITION_FAILED for a tag that no thing of ours ever has, VALIDATION_FAILED for several
 */
export function wantedRevision(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const [tag, ...others] = tagsOf(ifMatch);
  if (others.length > 0) throw new AppError('VALIDATION_FAILED', 'If-Match takes one ETag here');
  const revision = /^"r(\d{1,15})"$/.exec(tag ?? '')?.[1];
  if (revision === undefined) throw new AppError('PRECONDITION_FAILED', `it is not at ${ifMatch.slice(0, 100)}`);
  return Number(revision);
}

function tagsOf(list: string): string[] {
  return list.match(/\*|(?:W\/)?"[^"]*"|[^\s,]+/g) ?? [];
}
