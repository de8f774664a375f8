import { setTimeout as delay } from 'node:timers/promises';

import type { Client } from 'pg';

import { AppError } from '../../kernel/errors.ts';
import type { RecordedEvent } from '../../kernel/event.ts';
import type { SqlStatement } from '../../kernel/ports/database.ts';
import { errorCode } from '../../utils/error-code.ts';
import { toDatabaseError } from '../database/index.ts';
import { appendStatements, type PreparedAppend, recordedByAppend } from './append-statements.ts';
import type { KnownHeads } from './known-heads.ts';
import type { PgEventStoreDependencies } from './pg-event-store.ts';

const UNIQUE_VIOLATION = '23505';
const RECONNECT_FOR_MILLISECONDS = 15_000;
const RECONNECT_PAUSE_MILLISECONDS = 100;

type Outcome = readonly RecordedEvent[] | Error;

interface PositionRow {
  readonly global_position: string;
}

type Dependencies = Pick<PgEventStoreDependencies, 'openClient' | 'projections' | 'enqueueJobs' | 'onBatch'> & {
  readonly heads: KnownHeads;
};

/**
 * Writes batches over one connection: closed → connected → (lost → connected). A batch whose
 * connection breaks before its commit is answered is written again; what the first attempt had
 * stored after all is recognised and counts as stored.
 */
export class AppendWriter {
  readonly #dependencies: Dependencies;
  #client: Client | undefined;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
  }

  /** One outcome for each append: its events with their positions, or why it was refused. */
  async commit(appends: readonly PreparedAppend[]): Promise<readonly Outcome[]> {
    const outcomes = new Map<PreparedAppend, Outcome>();
    await this.#write(appends, outcomes);
    return appends.map((append) => outcomes.get(append) ?? new AppError('INTERNAL', 'the append was left out'));
  }

  async close(): Promise<void> {
    await this.#client?.end();
    this.#client = undefined;
  }

  async #write(appends: readonly PreparedAppend[], outcomes: Map<PreparedAppend, Outcome>): Promise<void> {
    const deadline = Date.now() + RECONNECT_FOR_MILLISECONDS;
    let rest = appends;
    while (rest.length > 0) {
      try {
        await this.#refuseHoles(rest, outcomes);
        rest = rest.filter((append) => !outcomes.has(append));
        if (rest.length > 0) await this.#transaction(rest, outcomes);
        return;
      } catch (error) {
        if (isConnectionError(error)) {
          await this.#reconnect(error, deadline);
          await this.#settleStored(rest, outcomes);
        } else {
          await this.#settleRefused(rest, { outcomes, error });
        }
        rest = rest.filter((append) => !outcomes.has(append));
      }
    }
  }

  /** After an error of the database: those in conflict are refused; where none is, each is tried by itself. */
  async #settleRefused(
    appends: readonly PreparedAppend[],
    { outcomes, error }: { outcomes: Map<PreparedAppend, Outcome>; error: unknown },
  ): Promise<void> {
    if (errorCode(error) === UNIQUE_VIOLATION) await this.#settleConflicts(appends, outcomes);
    if (appends.every((append) => !outcomes.has(append))) await this.#writeOneByOne(appends, { outcomes, error });
  }

  /** So that one append which the database refuses does not fail its neighbours. */
  async #writeOneByOne(
    appends: readonly PreparedAppend[],
    { outcomes, error }: { outcomes: Map<PreparedAppend, Outcome>; error: unknown },
  ): Promise<void> {
    const [only] = appends;
    if (appends.length === 1 && only !== undefined) {
      outcomes.set(only, toDatabaseError(error));
      return;
    }
    for (const append of appends) await this.#write([append], outcomes);
  }

  async #transaction(appends: readonly PreparedAppend[], outcomes: Map<PreparedAppend, Outcome>): Promise<void> {
    const client = await this.#connected();
    const { insert, projected } = appendStatements(appends, this.#dependencies.projections);
    const jobs = appends.flatMap((append) => append.request.jobs ?? []);
    const run = (statement: SqlStatement) =>
      client.query<{ global_position: string }>({ ...statement, values: [...statement.values] });
    if (projected.length === 0 && jobs.length === 0) {
      this.#settle(appends, { rows: (await run(insert)).rows, outcomes });
      return;
    }
    // All statements travel in one go (pipeline mode); each answer is awaited so that none is left unhandled.
    const sent: Promise<unknown>[] = [client.query('BEGIN')];
    const inserted = run(insert);
    sent.push(inserted, ...projected.map((statement) => run(statement)));
    if (jobs.length > 0) {
      sent.push(this.#dependencies.enqueueJobs(jobs, (text, values) => client.query(text, values)));
      // A failed statement must not keep the others from being awaited, nor the transaction from being ended.
      await Promise.allSettled(sent);
    }
    const committed = client.query<never>('COMMIT');
    const results = await Promise.allSettled([...sent, committed]);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    if ((await committed).command !== 'COMMIT')
      throw new AppError('DATABASE_UNAVAILABLE', 'the transaction was rolled back');
    this.#settle(appends, { rows: (await inserted).rows, outcomes });
  }

  #settle(
    appends: readonly PreparedAppend[],
    { rows, outcomes }: { rows: readonly PositionRow[]; outcomes: Map<PreparedAppend, Outcome> },
  ): void {
    this.#dependencies.onBatch?.(rows.length);
    const recorded = recordedByAppend(
      appends,
      rows.map((row) => row.global_position),
    );
    for (const [index, append] of appends.entries()) {
      outcomes.set(append, recorded[index] ?? []);
      for (const stream of append.request.streams) {
        this.#dependencies.heads.see(stream.streamId, stream.expectedVersion + stream.events.length);
      }
    }
  }

  async #refuseHoles(appends: readonly PreparedAppend[], outcomes: Map<PreparedAppend, Outcome>): Promise<void> {
    const { heads } = this.#dependencies;
    const unknown = appends.filter((append) =>
      append.request.streams.some((stream) => !heads.reaches(stream.streamId, stream.expectedVersion)),
    );
    if (unknown.length > 0) await this.#settleConflicts(unknown, outcomes);
  }

  /** Refuses the appends that are not at the end of their streams. */
  async #settleConflicts(appends: readonly PreparedAppend[], outcomes: Map<PreparedAppend, Outcome>): Promise<void> {
    const client = await this.#connected();
    const streamIds = appends.flatMap((append) => append.request.streams.map((stream) => stream.streamId));
    const { rows } = await client.query<{ stream_id: string; head: number }>({
      name: 'stream-heads',
      text: 'SELECT stream_id, max(version) AS head FROM events WHERE stream_id = ANY($1::text[]) GROUP BY stream_id',
      values: [streamIds],
    });
    const heads = new Map(rows.map((row) => [row.stream_id, row.head]));
    for (const [streamId, head] of heads) this.#dependencies.heads.see(streamId, head);
    for (const append of appends) {
      const behind = append.request.streams.find(
        (stream) => (heads.get(stream.streamId) ?? 0) !== stream.expectedVersion,
      );
      if (behind !== undefined) {
        const head = heads.get(behind.streamId) ?? 0;
        outcomes.set(
          append,
          new AppError(
            'CONCURRENCY_CONFLICT',
            `${behind.streamId} is at version ${head}, not ${behind.expectedVersion}`,
            {
              details: { stream: behind.streamId, version: head, expected: behind.expectedVersion },
            },
          ),
        );
      }
    }
  }

  /** After a lost connection: what the interrupted commit had stored after all counts as stored. */
  async #settleStored(appends: readonly PreparedAppend[], outcomes: Map<PreparedAppend, Outcome>): Promise<void> {
    const client = await this.#connected();
    for (const append of appends) {
      const positions: string[] = [];
      for (const event of append.events) {
        const { rows } = await client.query<{ global_position: string }>({
          name: 'stored-already',
          text: `SELECT global_position FROM events
                 WHERE stream_id = $1 AND version = $2 AND type = $3 AND data::text = $4 AND metadata::text = $5 AND recorded_at = $6`,
          values: [
            event.streamId,
            event.version,
            event.type,
            event.dataText,
            JSON.stringify(event.metadata),
            event.recordedAt,
          ],
        });
        if (rows[0] !== undefined) positions.push(rows[0].global_position);
      }
      if (positions.length === append.events.length) {
        const stored = positions.map((position) => ({ global_position: position }));
        this.#settle([append], { rows: stored, outcomes });
      }
    }
  }

  async #connected(): Promise<Client> {
    if (this.#client !== undefined) return this.#client;
    const client = await this.#dependencies.openClient();
    const forget = (): void => {
      if (this.#client === client) this.#client = undefined;
    };
    client.on('error', forget);
    client.on('end', forget);
    this.#client = client;
    return client;
  }

  async #reconnect(cause: unknown, deadline: number): Promise<void> {
    const broken = this.#client;
    this.#client = undefined;
    // Its socket is gone or useless: what ending it might still report is the error in hand.
    broken?.end(() => {});
    for (;;) {
      if (Date.now() > deadline) throw toDatabaseError(cause);
      try {
        await this.#connected();
        return;
      } catch (error) {
        if (!isConnectionError(error)) throw toDatabaseError(error);
        await delay(RECONNECT_PAUSE_MILLISECONDS);
      }
    }
  }
}

/** Whether the connection broke, so that the fate of the transaction is not known. */
function isConnectionError(error: unknown): boolean {
  const mapped = toDatabaseError(error);
  return mapped instanceof AppError && mapped.code === 'DATABASE_UNAVAILABLE';
}
