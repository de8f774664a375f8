import { connect, type Socket } from 'node:net';

/** Opens a connection and sends the text as it is. */
export function openRaw(baseUrl: string, text: string | Uint8Array = ''): Promise<Socket> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(text);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** Everything the server sends until it closes; an error of the connection counts as its end. */
export function readToEnd(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(Buffer.concat(chunks).toString()));
    socket.resume();
  });
}

/** Sends the text as it is, and answers what comes back until the server closes. */
export async function exchangeRaw(baseUrl: string, text: string | Uint8Array): Promise<string> {
  return readToEnd(await openRaw(baseUrl, text));
}
