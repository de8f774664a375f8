import { contentHash } from '../../utils/content-hash.ts';

/** How tools are called on the wire, both ways. */
export interface ToolNames {
  /** The name a provider accepts for one of ours. */
  readonly toWire: (name: string) => string;
  /** Our name for one the model used; a name it made up comes back as it is. */
  readonly fromWire: (wireName: string) => string;
}

/** What OpenAI, Anthropic and Google all accept: Google wants no digit or hyphen in front. */
const ACCEPTED = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;
const LIMIT = 64;
const DIGEST_LENGTH = 8;

/** Names that need no mapping (a model that lives in this process). */
export const UNMAPPED_TOOL_NAMES: ToolNames = { toWire: (name) => name, fromWire: (name) => name };

/**
 * Maps the names of one request, those in its history included, to names every provider accepts,
 * one to one. An acceptable name stays; in another, what isn't accepted becomes `_`
 * (`documents.search` is `documents_search`); where that is taken, all that want it get a digest of
 * their own name behind it, so that the mapping depends on the set of names and not on their order.
 */
export function mapToolNames(names: readonly string[]): ToolNames {
  if (names.every((name) => ACCEPTED.test(name))) return UNMAPPED_TOOL_NAMES;
  const all = [...new Set(names)].toSorted();
  const wireNames = new Map<string, string>();
  const taken = new Set<string>();
  const claim = (name: string, wireName: string): void => {
    wireNames.set(name, wireName);
    taken.add(wireName);
  };
  for (const name of all) if (ACCEPTED.test(name)) claim(name, name);
  const others = all.filter((name) => !ACCEPTED.test(name));
  const wanted = countBy(others.map(cleaned));
  for (const name of others) {
    const wish = cleaned(name);
    claim(name, wanted.get(wish) === 1 && !taken.has(wish) ? wish : digested(name, taken));
  }
  const originals = new Map([...wireNames].map(([name, wireName]) => [wireName, name]));
  return {
    toWire: (name) => wireNames.get(name) ?? name,
    fromWire: (wireName) => originals.get(wireName) ?? wireName,
  };
}

function cleaned(name: string): string {
  const replaced = name.replace(/[^a-zA-Z0-9_-]/gu, '_');
  const started = /^[a-zA-Z_]/.test(replaced) ? replaced : `_${replaced}`;
  return started.length <= LIMIT ? started : withDigest(name, { start: started, round: 0 });
}

function digested(name: string, taken: ReadonlySet<string>): string {
  for (let round = 0; ; round += 1) {
    const candidate = withDigest(name, { start: cleaned(name), round });
    if (!taken.has(candidate)) return candidate;
  }
}

function withDigest(name: string, { start, round }: { readonly start: string; readonly round: number }): string {
  const digest = contentHash(`${round}:${name}`).slice(0, DIGEST_LENGTH);
  return `${start.slice(0, LIMIT - DIGEST_LENGTH - 1)}_${digest}`;
}

function countBy(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
