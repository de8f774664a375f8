import { AppError } from '../../kernel/errors.ts';
import { nearNames } from '../../utils/near-names.ts';

const SHOWN_NAME = 100;

/** AGENT_NOT_FOUND, with the names most like the one that was wanted. */
export function agentNotFound(name: string, known: Iterable<string> = []): AppError {
  const near = nearNames(name, known);
  return new AppError('AGENT_NOT_FOUND', `there is no agent named ${quoted(name)}${didYouMean(near)}`, {
    details: { agent: name.slice(0, SHOWN_NAME), near },
  });
}

export interface WantedVersion {
  readonly name: string;
  /** A number, or an alias. */
  readonly wanted: number | string;
  /** The newest version there is. */
  readonly version: number;
  readonly aliases: Readonly<Record<string, number>>;
}

/** AGENT_VERSION_NOT_FOUND, with the versions and aliases there are. */
export function versionNotFound({ name, wanted, version, aliases }: WantedVersion): AppError {
  const known = Object.keys(aliases);
  const near = typeof wanted === 'number' ? [] : nearNames(wanted, known);
  const what = typeof wanted === 'number' ? `version ${wanted}` : `alias ${quoted(wanted)}`;
  const versions = version === 1 ? 'version 1' : `versions 1 to ${version}`;
  const message = `agent ${name} has no ${what}; it has ${versions} and the aliases ${known.join(', ')}${didYouMean(near)}`;
  return new AppError('AGENT_VERSION_NOT_FOUND', message, {
    details: {
      agent: name,
      wanted: typeof wanted === 'number' ? wanted : wanted.slice(0, SHOWN_NAME),
      newestVersion: version,
      aliases: known,
      near,
    },
  });
}

/** A name that somebody sent, fit for a message. */
export function quoted(name: string): string {
  return JSON.stringify(name.slice(0, SHOWN_NAME));
}

/** `; did you mean one or another?`, empty where nothing is near. */
export function didYouMean(near: readonly string[]): string {
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}
