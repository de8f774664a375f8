import { readdirSync, readFileSync } from 'node:fs';

/** Memory of processes, in bytes, as Linux tells it. */
export interface ProcessMemory {
  /** Pages in memory, those shared with others counted whole. */
  readonly resident: number;
  /** Pages in memory, those shared counted by share: what the sum over processes may be taken of. */
  readonly proportional: number;
}

/** Memory of a process and, by their pid, of everything it started. @throws Error on other systems than Linux */
export function memoryOfTree(root: number): ReadonlyMap<number, ProcessMemory> {
  if (process.platform !== 'linux') throw new Error('the memory of processes is measured on Linux only');
  const parents = new Map(readdirSync('/proc').flatMap(parentOf));
  const isOfTree = (pid: number): boolean => {
    for (let current: number | undefined = pid; current !== undefined; current = parents.get(current)) {
      if (current === root) return true;
    }
    return false;
  };
  return new Map([...parents.keys()].filter(isOfTree).map((pid) => [pid, memoryOf(pid)]));
}

/** Nothing for what is no process, or has ended meanwhile. */
function parentOf(name: string): [number, number][] {
  if (!/^\d+$/.test(name)) return [];
  try {
    const status = readFileSync(`/proc/${name}/status`, 'utf8');
    return [[Number(name), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1])]];
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return [];
    throw error;
  }
}

function memoryOf(pid: number): ProcessMemory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytes = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1]) * 1024;
  return { resident: bytes('Rss'), proportional: bytes('Pss') };
}
