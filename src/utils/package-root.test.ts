import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { packageRoot } from './package-root.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'pygent-root-'));
  mkdirSync(join(root, 'dist', 'packages', 'contract', 'deep'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"name":"pygent-factory"}');
  writeFileSync(join(root, 'dist', 'packages', 'contract', 'package.json'), '{"name":"another"}');
});
afterAll(() => rmSync(root, { recursive: true }));

describe('packageRoot', () => {
  it('finds the source tree with its migrations', () => {
    expect(existsSync(join(packageRoot(), 'migrations', '0001_events.sql'))).toBe(true);
  });

  it('passes by packages of other names', () => {
    expect(packageRoot(join(root, 'dist', 'packages', 'contract', 'deep'))).toBe(root);
  });

  it('says so where there is none', () => {
    expect(() => packageRoot(tmpdir())).toThrow('pygent-factory');
  });
});
