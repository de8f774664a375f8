import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

import { Client, type ClientConfig } from 'pg';

export interface MutedProxy {
  /** How to reach the database through the proxy. */
  readonly connection: ClientConfig;
  /** From now on what the server answers is lost; what the clients send still reaches it. */
  mute(): void;
  /** Cuts every client off; what the server was told already it carries on with. Then lets new ones speak. */
  cut(): void;
  close(): Promise<void>;
}

/** A proxy before a database, for connections that break while the server doesn't notice, as in a network. */
export async function openMutedProxy(connection: ClientConfig): Promise<MutedProxy> {
  const { host, port, user, password, database } = new Client(connection);
  const target = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const clients = new Set<Socket>();
  const upstreams = new Set<Socket>();
  let muted = false;
  const server = createServer((client) => {
    const upstream = connect(target);
    clients.add(client);
    upstreams.add(upstream);
    client.on('error', () => client.destroy());
    client.on('end', () => upstream.end());
    client.on('data', (data) => upstream.write(data));
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => client.destroy());
    upstream.on('data', (data) => {
      if (!muted && !client.destroyed) client.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const cut = (): void => {
    muted = false;
    for (const client of clients) client.destroy();
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
      for (const upstream of upstreams) upstream.destroy();
      await once(server, 'close');
    },
  };
}
