import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { configurationPage } from './configuration-page.ts';
import { loadConfiguration } from './load-configuration.ts';
import { VARIABLES } from './variables.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pygent-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const load = (environment: Record<string, string> = {}) => loadConfiguration({ environment, folder });
const file = (text: string | Uint8Array, name = 'pygent.config.json') => writeFileSync(join(folder, name), text);

describe('configuration', () => {
  it('has a default for everything', () => {
    expect(load()).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 8700,
      DATA_DIR: join(folder, '.pygent'),
      TRUST_PROXY: false,
      EGRESS_ALLOW: [],
      DATABASE_URL: undefined,
      LOG_LEVEL: 'warn',
    });
  });

  it('takes the environment before the file before the default', () => {
    file('{"PORT": 1000, "LOG_LEVEL": "debug", "EGRESS_ALLOW": ["10.0.0.0/8"]}');
    expect(load({ PORT: '2000', LOG_LEVEL: '' })).toMatchObject({
      PORT: 2000,
      LOG_LEVEL: 'debug',
      EGRESS_ALLOW: ['10.0.0.0/8'],
    });
  });

  it('reads YAML, lists with commas and flags', () => {
    file('PORT: 1234\nTRUST_PROXY: true\nHOST: 0.0.0.0\n', 'pygent.config.yaml');
    expect(load({ EGRESS_ALLOW: 'a.example, 10.1.2.3,' })).toMatchObject({
      PORT: 1234,
      TRUST_PROXY: true,
      EGRESS_ALLOW: ['a.example', '10.1.2.3'],
    });
  });

  it('reads a secret from its file, and from one place only', () => {
    writeFileSync(join(folder, 'key'), 'sk-from-file\n');
    expect(load({ OPENAI_API_KEY_FILE: 'key' }).OPENAI_API_KEY).toBe('sk-from-file');
    expect(() => load({ OPENAI_API_KEY_FILE: 'key', OPENAI_API_KEY: 'x' })).toThrow(/both set/);
    expect(() => load({ OPENAI_API_KEY_FILE: 'gone' })).toThrow(
      /OPENAI_API_KEY_FILE: .*gone cannot be read \(ENOENT\)/,
    );
  });

  it.each([
    [{ PORT: 'many' }, /^PORT \(set in the environment\): must be a whole number from 0 to 65535$/],
    [{ PORT: '70000' }, /^PORT .*: must be a whole number from 0 to 65535$/],
    [{ TRUST_PROXY: 'maybe' }, /^TRUST_PROXY .*true or false/],
    [{ OPENAI_BASE_URL: 'ftp://x' }, /^OPENAI_BASE_URL .*http/],
    [{ DEFAULT_MODEL: 'gpt' }, /^DEFAULT_MODEL .*provider\/model/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL /],
    [{ HOST: '0.0.0.0' }, /^HOST: 0\.0\.0\.0 can be reached from other machines/],
    [{ TLS_CERT_FILE: 'a.pem' }, /belong together/],
  ])('refuses %o in one line', (environment, message) => {
    const act = () => load(environment);
    expect(act).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID', message: expect.stringMatching(message) }),
    );
    expect(act).not.toThrow(/\n/);
  });

  // requirement: R-START-CONFIGURATION
  it.each([
    ['{"PORT": 1,\n "HOST" 3}', /pygent\.config\.json:2:/],
    ['{"PROT": 1}', /PROT is not a variable; did you mean PORT\?/],
    ['[1]', /must hold variables/],
    ['{"PORT": 1, "PORT": 2}', /pygent\.config\.json:1:/],
    ['', /pygent\.config\.json/],
    [new Uint8Array([0x7b, 0xff]), /is not valid UTF-8/],
  ])('names the place in a corrupt file: %s', (text, message) => {
    file(text);
    expect(() => load()).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('refuses a second document instead of passing over it', () => {
    file('PORT: 1\n---\nPORT: 2\n', 'pygent.config.yaml');
    expect(() => load()).toThrow(/pygent\.config\.yaml:2:1: .*a second document/);
  });

  // requirement: R-SECURITY-LOOPBACK
  it('allows a public address behind a proxy or with TLS', () => {
    expect(load({ HOST: '0.0.0.0', TRUST_PROXY: '1' }).HOST).toBe('0.0.0.0');
    expect(load({ HOST: '::', TLS_CERT_FILE: 'c', TLS_KEY_FILE: 'k' }).HOST).toBe('::');
  });

  it('documents every variable', () => {
    const page = configurationPage();
    for (const name of Object.keys(VARIABLES)) expect(page).toContain(`| \`${name}\` |`);
  });
});
