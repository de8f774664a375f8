import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Client, ClientConfig } from 'pg';

import { SUPERUSER } from '../src/data/database/embedded/initialize-cluster.ts';

const PORT_LINE = 3;
const SOCKET_FOLDER_LINE = 4;

/**
 * How to reach the server that a factory runs on this data folder, read from the folder: so that all durable
 * contenders use the same server, and what they say is on the disk can be counted by somebody else.
 */
export function embeddedConnection(dataDir: string, database = 'postgres'): ClientConfig {
  const postgres = join(dataDir, 'postgres');
  const major = readdirSync(postgres).find((name) => /^\d+$/.test(name));
  if (major === undefined) throw new Error(`no embedded database lies in ${dataDir}`);
  const password = readFileSync(join(postgres, major, 'password'), 'utf8').trim();
  const lines = readFileSync(join(postgres, major, 'data', 'postmaster.pid'), 'utf8').split('\n');
  const socketFolder = lines[SOCKET_FOLDER_LINE]?.trim();
  const host = socketFolder === undefined || socketFolder === '' ? '127.0.0.1' : socketFolder;
  return { host, port: Number(lines[PORT_LINE]), user: SUPERUSER, password, database };
}

/** Asks the server for one number. */
export async function queryNumber(client: Client, sql: string): Promise<number> {
  const { rows } = await client.query<Record<string, string | number>>(sql);
  const value = Number(Object.values(rows[0] ?? {})[0]);
  if (Number.isNaN(value)) throw new Error(`no number comes of: ${sql}`);
  return value;
}

/** That what is committed is really on the disk. @throws Error where the server is set otherwise */
export async function assertDurable(client: Client): Promise<void> {
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const { rows } = await client.query<Record<string, string>>(`SHOW ${setting}`);
    if (rows[0]?.[setting] !== 'on') throw new Error(`${setting} is not on: the figures would be of no use`);
  }
}
