import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { openServerLog } from './server-log.ts';

const TOO_MUCH = 5 * 1024 * 1024 + 1;

let root: string;
let path: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pygent-log-'));
  path = join(root, 'postgres.log');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true });
});

describe('openServerLog', () => {
  it('appends, and shows only what came since', () => {
    writeFileSync(path, 'the run before\n');
    const log = openServerLog(path);
    const before = log.size();
    writeSync(log.descriptor, 'this run\n');
    expect(log.tail(before)).toBe('this run');
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('the run before\nthis run\n');
  });

  it('puts a large log aside when it opens', () => {
    writeFileSync(path, Buffer.alloc(TOO_MUCH, 'x'));
    const log = openServerLog(path);
    writeSync(log.descriptor, 'new\n');
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('new\n');
    expect(statSync(`${path}.1`).size).toBe(TOO_MUCH);
  });

  it('bounds the log while the server writes', () => {
    vi.useFakeTimers();
    const log = openServerLog(path);
    writeSync(log.descriptor, Buffer.alloc(TOO_MUCH, 'x'));
    vi.advanceTimersByTime(60_000);
    writeSync(log.descriptor, 'after\n');
    expect(readFileSync(path, 'utf8')).toBe('after\n');
    expect(statSync(`${path}.1`).size).toBe(TOO_MUCH);
    expect(log.tail(TOO_MUCH)).toBe('after');
    log.close();
  });
});
