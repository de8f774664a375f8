import ipaddr from 'ipaddr.js';

import { AppError } from '../../kernel/errors.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Where a call would go. */
export interface Destination {
  /** Lower-case name or literal address, without brackets and trailing dots. */
  readonly host: string;
  readonly port: number;
}

/** Says why an address may not be called, or undefined where it may. */
export type AddressPolicy = (destination: Destination, address: string) => string | undefined;

/** Services of clouds that hand out secrets and don't lie in a range of their own. */
const METADATA_ADDRESSES: ReadonlySet<string> = new Set(['168.63.129.16']);

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** RFC 6052's well-known prefix: what an IPv6-only network answers for an IPv4 host. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * The rule for addresses: those of the public internet may be called, and what `allow` names: a host
 * name, a name or literal address with a port (`host:8080`, `[::1]:8080`), an address, or a range
 * (`10.0.0.0/8`). Everything with a use of its own is refused: loopback, private, link-local, shared
 * (RFC 6598), unique local, multicast, unspecified, reserved, documentation, benchmarking, and all
 * IPv6 forms with an IPv4 address in them (mapped, compatible, 6to4, Teredo), except NAT64 of a
 * public address.
 * @throws AppError CONFIGURATION_INVALID naming the entry of EGRESS_ALLOW that is none of these
 */
export function createAddressPolicy(allow: readonly string[]): AddressPolicy {
  const hosts = new Set<string>();
  const ranges: [Address, number][] = [];
  for (const entry of allow) {
    const range = parseRange(entry.trim());
    if (range === undefined) hosts.add(parseHost(entry.trim()));
    else ranges.push(range);
  }
  return ({ host, port }, address) => {
    if (hosts.has(host) || hosts.has(`${host}:${port}`)) return undefined;
    if (!ipaddr.isValid(address)) return `${address} is no address`;
    const parsed = ipaddr.parse(address);
    if (ranges.some((range) => isInRange(parsed, range))) return undefined;
    return refusal(parsed);
  };
}

function isInRange(address: Address, range: [Address, number]): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}

function refusal(address: Address): string | undefined {
  const text = address.toString();
  if (address instanceof ipaddr.IPv4) {
    if (METADATA_ADDRESSES.has(text)) return `${text} is a cloud metadata address`;
    return address.range() === 'unicast' ? undefined : `${text} is a ${words(address.range())} address`;
  }
  if (address.zoneId !== undefined) return `${text} is a link-local address`;
  if (address.match(NAT64)) return refusal(new ipaddr.IPv4(address.toByteArray().slice(12)));
  const range = address.range();
  if (range !== 'unicast') return `${text} is a ${words(range)} address`;
  return address.match(GLOBAL_UNICAST) ? undefined : `${text} is not a global unicast address`;
}

/** `linkLocal` as `link local`. */
function words(range: string): string {
  return range.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

function parseRange(entry: string): [Address, number] | undefined {
  const bare = entry.replace(/^\[(.*)\]$/, '$1');
  if (ipaddr.IPv6.isValid(bare)) return [ipaddr.IPv6.parse(bare), 128];
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return [ipaddr.IPv4.parse(bare), 32];
  return entry.includes('/') && ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : undefined;
}

/** The entry as a request's own host would be written, so that the two compare. */
function parseHost(entry: string): string {
  const match = /^(\[[0-9a-f:.]+\]|[^\s/:@?#[\]*]+)(?::(\d{1,5}))?$/iu.exec(entry);
  const port = match?.[2];
  const url = match?.[1] === undefined ? null : URL.parse(`http://${match[1]}/`);
  if (url === null || (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))) {
    const message = `EGRESS_ALLOW: ${JSON.stringify(entry)} is no host, host:port, address or range such as 10.0.0.0/8`;
    throw new AppError('CONFIGURATION_INVALID', message, { details: { variable: 'EGRESS_ALLOW', entry } });
  }
  const host = bareHost(url.hostname);
  return port === undefined ? host : `${host}:${Number(port)}`;
}

/** A URL's host name without the brackets of IPv6 and without trailing dots. */
export function bareHost(hostname: string): string {
  return hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.+$/, '')
    .toLowerCase();
}
