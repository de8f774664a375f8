import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createAddressPolicy } from './address-policy.ts';

const refuses = (address: string, allow: readonly string[] = []): boolean =>
  createAddressPolicy(allow)({ host: 'example.com', port: 80 }, address) !== undefined;

// requirement: R-EGRESS-PRIVATE
describe('without an allow-list', () => {
  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    ...'169.254.169.254 169.254.0.1 100.64.0.1 100.100.100.200 100.127.255.255 168.63.129.16'.split(' '),
    ...'224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 192.0.0.192 192.0.2.1 198.18.0.1'.split(' '),
    ...'198.51.100.1 203.0.113.1 192.88.99.1 :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1'.split(' '),
    ...'::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:10.0.0.1 fe80::1 fe80::1%eth0 fec0::1 fc00::1'.split(' '),
    ...'fd00:ec2::254 ff02::1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::808:808 2002:7f00:1::'.split(' '),
    '2002:a00:1::1',
    '2001:0:a00:1::',
    '2001:db8::1',
    '100::1',
    '3fff::1',
    '5f00::1',
    '4000::1',
    '1::1',
    '2001:2::1',
    'not an address',
    '',
    '300.1.1.1',
    'localhost',
  ])('%j is refused', (address) => {
    expect(refuses(address)).toBe(true);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1', '64:ff9b::808:808'])(
    '%s may be called',
    (address) => {
      expect(refuses(address)).toBe(false);
    },
  );

  it('refuses the IPv6 forms of every private IPv4 address', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.constantFrom(10, 127), octet, octet, octet, (first, ...rest) => {
        const bytes = [first, ...rest];
        const hex = (index: number): string => (((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0)).toString(16);
        const tail = `${hex(0)}:${hex(2)}`;
        const forms = [
          bytes.join('.'),
          `::ffff:${tail}`,
          `::${tail}`,
          `64:ff9b::${tail}`,
          `2002:${tail}::1`,
          `::ffff:0:${tail}`,
        ];
        for (const form of forms) expect([form, refuses(form)]).toEqual([form, true]);
      }),
    );
  });
});

describe('with an allow-list', () => {
  it('lets through an address in a range, and none beside it', () => {
    expect(refuses('10.1.2.3', ['10.1.0.0/16'])).toBe(false);
    expect(refuses('10.2.2.3', ['10.1.0.0/16'])).toBe(true);
    expect(refuses('fd00::5', ['fd00::/8'])).toBe(false);
    expect(refuses('127.0.0.1', ['127.0.0.1'])).toBe(false);
    expect(refuses('127.0.0.2', ['127.0.0.1'])).toBe(true);
    expect(refuses('::1', ['[::1]'])).toBe(false);
    expect(refuses('::ffff:127.0.0.1', ['127.0.0.0/8'])).toBe(true);
  });

  it('lets through a host by its name, with any port or the one named', () => {
    const policy = createAddressPolicy(['Wiki.Internal.', 'db.internal:8080', 'Bücher.example', '[::1]:81']);
    expect(policy({ host: 'wiki.internal', port: 99 }, '10.0.0.1')).toBeUndefined();
    expect(policy({ host: 'db.internal', port: 8080 }, '10.0.0.1')).toBeUndefined();
    expect(policy({ host: 'db.internal', port: 8081 }, '10.0.0.1')).toContain('private');
    expect(policy({ host: 'xn--bcher-kva.example', port: 80 }, '10.0.0.1')).toBeUndefined();
    expect(policy({ host: 'evil-wiki.internal', port: 80 }, '10.0.0.1')).toBeDefined();
    expect(policy({ host: '::1', port: 81 }, '::1')).toBeUndefined();
    expect(policy({ host: '::1', port: 80 }, '::1')).toBeDefined();
  });

  it.each(['', 'http://host/', 'a b', 'host:0', 'host:99999', '10.0.0.0/33', 'user@host', '*', '*.internal'])(
    'refuses the entry %j, naming the variable',
    (entry) => {
      expect(() => createAddressPolicy([entry])).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }));
      expect(() => createAddressPolicy([entry])).toThrow(/EGRESS_ALLOW/);
    },
  );
});
