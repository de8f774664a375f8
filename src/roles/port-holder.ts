import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

import { errorCode } from '../utils/error-code.ts';

const LISTENING = '0A';

/** Which process listens on a TCP port, in words; undefined where the system doesn't say (all but Linux). */
export function findPortHolder(port: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const sockets = new Set([...listeners('/proc/net/tcp', port), ...listeners('/proc/net/tcp6', port)]);
  if (sockets.size === 0) return undefined;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (openFiles(pid).some((target) => sockets.has(target))) return `process ${pid} (${programOf(pid)})`;
  }
  return undefined;
}

/** `socket:[inode]` of every socket that listens on the port (proc(5), /proc/net/tcp). */
function listeners(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return readOr(table, '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === LISTENING && local.endsWith(`:${wanted}`))
    .map((fields) => `socket:[${fields[9]}]`);
}

function openFiles(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((name) => linkOr(`${folder}/${name}`));
  } catch (error) {
    return ignored(error, []);
  }
}

function linkOr(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    return ignored(error, '');
  }
}

function programOf(pid: string): string {
  const [program = '', script = ''] = readOr(`/proc/${pid}/cmdline`, '').split('\0');
  return [basename(program), basename(script)].filter((part) => part !== '').join(' ');
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return ignored(error, otherwise);
  }
}

/** Processes of others can't be read, and any may end while it is looked at. */
function ignored<Value>(error: unknown, otherwise: Value): Value {
  if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return otherwise;
  throw error;
}
