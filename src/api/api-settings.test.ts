import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { startApi } from '../../tests/support/api-harness.ts';
import { loadConfiguration } from '../config/index.ts';
import { createApi } from './create-api.ts';
import { toApiSettings } from './api-settings.ts';

const folder = tmpdir();
const load = (environment: Record<string, string>) => toApiSettings(loadConfiguration({ environment, folder }));

it('takes allowed hosts from both variables, and refuses a certificate that is not there', () => {
  const settings = load({ PUBLIC_URL: 'https://factory.example/x', ALLOWED_HOSTS: 'other.example' });
  expect(settings.allowedHosts).toEqual(['other.example', 'factory.example']);
  const own = fileURLToPath(import.meta.url);
  expect(() => load({ TLS_CERT_FILE: own, TLS_KEY_FILE: own })).toThrow(
    expect.objectContaining({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringMatching(/^TLS_CERT_FILE, TLS_KEY/),
    }),
  );
  expect(() => load({ TLS_CERT_FILE: '/nowhere/c', TLS_KEY_FILE: '/nowhere/k' })).toThrow(/^TLS_CERT_FILE: .*ENOENT/);
});

it('serves HTTPS with a certificate', async () => {
  const file = (name: string) => fileURLToPath(new URL(`../../tests/support/tls/${name}`, import.meta.url));
  const [cert, key] = [file('localhost-cert.pem'), file('localhost-key.pem')];
  const plain = await startApi();
  const app = createApi({ ...plain.dependencies, settings: load({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key }) });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const [status, policy] = await new Promise<unknown[]>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: '/health/live', rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve([response.statusCode, response.headers['strict-transport-security']]);
    });
    asked.on('error', reject).end();
  });
  expect([status, policy]).toEqual([200, 'max-age=31536000']);
  await Promise.all([app.close(), plain.stop()]);
});
