import { once } from 'node:events';
import { createServer } from 'node:net';

import type { Configuration } from '../config/index.ts';
import { errorCode, errorMessage } from '../utils/error-code.ts';
import type { CheckResult } from './check-result.ts';
import { findPortHolder } from './port-holder.ts';

export interface PortCheck {
  readonly configuration: Pick<Configuration, 'HOST' | 'PORT'>;
  /** Port of the factory of this data folder, if it runs. */
  readonly ownPort: number | undefined;
}

/** Whether the factory can listen where it is told to, or does so already. */
export async function checkPort({ configuration, ownPort }: PortCheck): Promise<CheckResult> {
  const { HOST, PORT } = configuration;
  const name = 'port';
  const where = `${HOST}:${PORT}`;
  if (PORT !== 0 && PORT === ownPort) return { name, status: 'ok', detail: `${where} is this factory's` };
  const server = createServer();
  try {
    server.listen(PORT, HOST);
    await once(server, 'listening');
    return { name, status: 'ok', detail: `${where} is free` };
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EADDRINUSE') {
      const remedy = code === 'EACCES' ? 'Set PORT to 1024 or more.' : 'Set HOST to an address of this machine.';
      return { name, status: 'fail', detail: `${where}: ${errorMessage(error)}`, remedy };
    }
    const holder = findPortHolder(PORT);
    const detail = `${where} is held by ${holder ?? 'another process'}`;
    return { name, status: 'fail', detail, remedy: 'Stop it, or set PORT to another port.' };
  } finally {
    server.close();
  }
}
