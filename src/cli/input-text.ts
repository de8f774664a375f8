import { createReadStream } from 'node:fs';

import { decodeUtf8 } from '../utils/decode-utf8.ts';
import { errorCode, errorMessage } from '../utils/error-code.ts';
import type { InputStream, Surroundings } from './surroundings.ts';
import { UsageError } from './usage-error.ts';

/** The API takes no more. */
const MOST_BYTES = 4 * 1_048_576;

/** Everything on stdin. @throws UsageError where it is too long or not UTF-8 */
export async function readStandardInput(stdin: InputStream): Promise<string> {
  return readWhole('stdin', stdin);
}

/** Everything in a file, which may as well be a device without end. @throws UsageError as for stdin, and where it cannot be read */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readWhole(path, createReadStream(path));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be read (${errorCode(error) ?? 'unknown'})`);
  }
}

async function readWhole(source: string, stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk as string | Uint8Array);
    bytes += buffer.length;
    if (bytes > MOST_BYTES) throw new UsageError(`${source}: more than ${MOST_BYTES} bytes`);
    chunks.push(buffer);
  }
  return utf8Text(source, Buffer.concat(chunks));
}

/** @throws UsageError naming the source and the first byte that is wrong */
export function utf8Text(source: string, bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    throw new UsageError(`${source} ${errorMessage(error)}`);
  }
}

/** The input of a task: the words of the command line, or stdin where there are none or `-` stands there. */
export async function inputText({ stdin }: Pick<Surroundings, 'stdin'>, words: readonly string[]): Promise<string> {
  const fromPipe = words.length === 0 || (words.length === 1 && words[0] === '-');
  if (words.length === 0 && stdin.isTTY === true) {
    throw new UsageError('say what the agent shall do: pygent run <agent> "…", or pipe it in');
  }
  const text = fromPipe ? await readStandardInput(stdin) : words.join(' ');
  if (text.trim() === '') throw new UsageError('the input is empty');
  return text;
}
