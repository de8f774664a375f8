import {
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../src/data/database/embedded/embedded-postgres.ts';
import { toErrorRecord } from '../../src/kernel/errors.ts';
import { silentLog } from './silent-log.ts';

/**
 * A process of its own that owns an embedded database, for tests that kill it. Takes the options as JSON, writes
 * one line of JSON (the server's pid and connection, or the error), and stops when its standard input ends.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as Omit<EmbeddedPostgresOptions, 'log'>;
process.stdout.write(`${JSON.stringify({ owner: process.pid })}\n`);
try {
  const server = await startEmbeddedPostgres({ ...options, log: silentLog });
  process.stdout.write(`${JSON.stringify({ pid: server.pid, connection: server.connection })}\n`);
  process.stdin.resume().once('end', () => void server.stop());
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: toErrorRecord(error) })}\n`);
}
