import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';

import { Client, type ClientConfig } from 'pg';

export interface MutedProxy {
  /** How to reach the database through the proxy. */
  readonly connection: ClientConfig;
  /** From now on what the server answers is lost; what the client sends still reaches it. */
  mute(): void;
  /** Cuts every connection, and lets new ones speak again. */
  cut(): void;
  close(): Promise<void>;
}

/** A proxy before a database that can lose the server's answers, as a network does that breaks in the middle. */
export async function openMutedProxy(connection: ClientConfig): Promise<MutedProxy> {
  const { host, port, user, password, database } = new Client(connection);
  const target = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const sockets = new Set<Socket>();
  let muted = false;
  const server = createServer((client) => {
    const upstream = connect(target);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => {
      if (!muted) client.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const cut = (): void => {
    muted = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    connection: {
      host: '127.0.0.1',
      port: address.port,
      ...(user === undefined ? {} : { user }),
      ...(password === null ? {} : { password }),
      ...(database === undefined ? {} : { database }),
    },
    mute: () => {
      muted = true;
    },
    cut,
    close: async () => {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
