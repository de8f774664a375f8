import { describe, expect, it } from 'vitest';

import { AppError } from '../../kernel/errors.ts';
import type { Claimed, JobQueue } from '../../kernel/ports/job-queue.ts';
import { createLogger } from '../../observability/index.ts';
import { OutageLog } from './outage-log.ts';
import { Worker } from './worker.ts';

const AWAY = new AppError('DATABASE_UNAVAILABLE', 'away');

/** A log whose lines are kept, and a clock that goes on when told. */
function watched() {
  const lines: string[] = [];
  const back = Promise.withResolvers<void>();
  const write = (line: string): void => {
    const { message } = JSON.parse(line) as { message: string };
    lines.push(message);
    if (message.includes('is back')) back.resolve();
  };
  const logger = createLogger({ level: 'warn', serviceVersion: '1', destination: { write } });
  let now = 0;
  const pass = (seconds: number) => void (now += seconds * 1_000);
  return { lines, logger, clock: { now: () => new Date(now) }, pass, isBack: back.promise };
}

describe('an outage', () => {
  it('is told of when it begins, each minute, and when everyone is through', () => {
    const { lines, logger, clock, pass } = watched();
    const log = new OutageLog({ logger, clock });
    log.succeeded('claim');
    for (let second = 0; second < 150; second += 1) {
      log.failed('claim', AWAY);
      log.failed('heartbeat', AWAY);
      pass(1);
    }
    log.succeeded('claim');
    log.failed('claim', AWAY);
    log.succeeded('heartbeat');
    log.succeeded('claim');
    log.succeeded('claim');
    expect(lines).toEqual([
      'the database cannot be reached: executions wait, and are tried again each second',
      'the database cannot be reached for 60 s now: executions wait',
      'the database cannot be reached for 120 s now: executions wait',
      'the database is back after 150 s: executions go on',
    ]);
    log.failed('claim', AWAY);
    expect(lines).toHaveLength(5);
  });

  it('is not taken for another fault', () => {
    const { lines, logger, clock } = watched();
    const log = new OutageLog({ logger, clock });
    log.failed('claim', AWAY);
    log.failed('claim', new AppError('INTERNAL', 'no such table'));
    log.failed('claim', new AppError('INTERNAL', 'no such table'));
    log.succeeded('claim');
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'the database cannot be reached',
      'the worker is held up by INTERNAL',
      'the database is back after 0 s',
      'the worker is past INTERNAL after 0 s',
    ]);
  });
});

describe('a worker without its database', () => {
  it('says so once, and once that it is back, however often it asks', async () => {
    const { lines, logger, clock, isBack } = watched();
    let isAway = false;
    let asked = 0;
    const ask = async <Answer>(answer: Answer): Promise<Answer> => {
      if (isAway && (asked += 1) > 2) isAway = false;
      if (isAway) throw AWAY;
      return answer;
    };
    const queue: JobQueue = {
      enqueue: () => ask(undefined),
      claim: () => ask<Claimed>({ taken: [], again: [] }),
      release: () => ask(undefined),
      heartbeat: () => ask(undefined),
      recover: () => ask(0),
      leave: () => ask(undefined),
      onWake: () => () => undefined,
      offerNew: () => () => undefined,
    };
    const worker = new Worker({
      queue,
      identity: { id: 'worker_1', host: 'here', pid: 1 },
      slots: 1,
      createRun: () => expect.unreachable('there is nothing to run'),
      bus: { onRecorded: () => () => undefined },
      logger,
      outages: new OutageLog({ logger, clock }),
    });
    await worker.start({ soleOwner: true });
    isAway = true;
    await isBack;
    await worker.stop(0);
    expect(lines.map((line) => line.split(/ after |:/)[0])).toEqual([
      'the database cannot be reached',
      'the database is back',
    ]);
  });
});
