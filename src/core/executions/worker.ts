import { setTimeout as delay } from 'node:timers/promises';

import { toAppError } from '../../kernel/errors.ts';
import type { RecordedEvent } from '../../kernel/event.ts';
import type { EventBus } from '../../kernel/ports/event-bus.ts';
import type { JobQueue, WorkerIdentity } from '../../kernel/ports/job-queue.ts';
import type { Logger } from '../../observability/index.ts';
import type { TaskEvent } from '../tasks/index.ts';
import type { ExecutionRun } from './execution-run.ts';
import { type FreshExecution, freshExecution } from './fresh-execution.ts';
import type { OutageLog } from './outage-log.ts';
import type { RunOutcome } from './run-outcome.ts';
import { Releases } from './releases.ts';
import { Slots } from './slots.ts';

const HEARTBEAT_MILLISECONDS = 1_000;
/** How long the worker waits for a wake-up before it looks by itself. */
const POLL_MILLISECONDS = 1_000;
const AFTER_FAILURE_MILLISECONDS = 1_000;
/** Pauses before an execution that broke off is tried again. */
const FIRST_PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 60_000;
/** An execution whose function this process can't run is looked at again after this long. */
const ELSEWHERE_MILLISECONDS = 5_000;
/** What is said to a task and must reach its executions at once. */
const HEARD: ReadonlySet<string> = new Set<TaskEvent['type']>([
  'TaskCanceled',
  'TaskForkCanceled',
  'TaskInputProvided',
]);
/** The first one may meet a connection that broke unnoticed. */
const LEAVE_ATTEMPTS = 3;
/** A wake-up further away is left to the queue's own clock. */
const LONGEST_ALARM_MILLISECONDS = 60_000;

export interface WorkerOptions {
  readonly queue: JobQueue;
  readonly identity: WorkerIdentity;
  /** Executions at once. */
  readonly slots: number;
  readonly createRun: (executionId: string, fresh?: FreshExecution) => ExecutionRun;
  readonly bus: Pick<EventBus, 'onRecorded'>;
  readonly logger: Logger;
  /** Of everything in the process that asks the database again and again. */
  readonly outages: OutageLog;
  /** Told how many executions are in hand. */
  readonly onActive?: (count: number) => void;
}

interface Held {
  readonly run: ExecutionRun;
  readonly over: Promise<void>;
}

/**
 * Takes executions from the queue and runs them: stopped → working → draining → stopped. Claims as
 * many as it has free slots, tells the queue each second that it lives, and takes over what dead
 * workers held. What begins in this process it takes at once where it has room, and where nothing
 * may wait in the queue, which would be passed over.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #held = new Map<string, Held>();
  readonly #slots: Slots;
  readonly #releases: Releases;
  readonly #outages: OutageLog;
  readonly #alarms = new Set<NodeJS.Timeout>();
  readonly #failures = new Map<string, number>();
  /** Whose wake-up failed: it is repeated with the next heartbeat. */
  readonly #unheard = new Set<string>();
  readonly #stopSignal = new AbortController();
  #stopping = false;
  #claimsAreKnown = true;
  /** Something may wait in the queue that no claim has asked for yet. */
  #mayWait = true;
  #loop: Promise<void> | undefined;
  #heart: NodeJS.Timeout | undefined;
  #wake = Promise.withResolvers<void>();
  #stops: (() => void)[] = [];

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#outages = options.outages;
    this.#slots = new Slots(options.slots);
    this.#releases = new Releases({ ...options, signal: this.#stopSignal.signal });
  }

  /** `soleOwner`: no other worker can be alive, so that what any held is taken over at once. */
  async start({ soleOwner }: { readonly soleOwner: boolean }): Promise<void> {
    const { queue, identity, bus } = this.#options;
    await queue.heartbeat(identity);
    await queue.recover(identity, { soleOwner });
    this.#stops = [
      queue.onWake(() => this.#lookForJobs()),
      queue.offerNew({
        identity,
        reserve: (ids) => !this.#mayWait && this.#claimsAreKnown && this.#slots.reserve(ids),
        take: (ids, events) => this.#take(ids, events),
        giveUp: (ids, options) => this.#giveUp(ids, options),
      }),
      bus.onRecorded((events) => this.#hear(events)),
    ];
    this.#heart = setInterval(() => void this.#beat(), HEARTBEAT_MILLISECONDS);
    this.#heart.unref();
    this.#loop = this.#work();
  }

  /** Hands everything over: steps under way may end for so long, then they are let go. */
  async stop(graceMilliseconds: number): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#stopSignal.abort();
    this.#wakeUp();
    for (const stop of this.#stops) stop();
    for (const { run } of this.#held.values()) run.drain();
    const late = delay(graceMilliseconds, undefined, { ref: false }).then(() => {
      for (const { run } of this.#held.values()) run.abandon();
    });
    await Promise.race([this.#slots.settled(), late]);
    const all = Promise.all([...this.#held.values()].map(({ over }) => over));
    await Promise.race([all, late.then(() => all)]);
    await this.#loop;
    clearInterval(this.#heart);
    for (const alarm of this.#alarms) clearTimeout(alarm);
    await this.#releases.flush();
    await this.#leave();
  }

  /** Where the database can't hear it, others find out by its silence, and take over what it held. */
  async #leave(): Promise<void> {
    const { queue, identity, logger } = this.#options;
    for (let attempt = 1; attempt <= LEAVE_ATTEMPTS; attempt += 1) {
      try {
        await queue.leave(identity);
        return;
      } catch (error) {
        if (attempt === LEAVE_ATTEMPTS) logger.warn({ err: toAppError(error) }, 'the worker could not sign off');
      }
    }
  }

  async #work(): Promise<void> {
    while (!this.#stopping) {
      this.#wake = Promise.withResolvers<void>();
      // With no room for it what waits is looked for as soon as there is some, and goes before what is new.
      this.#mayWait = this.#slots.free === 0;
      if (!this.#mayWait) this.#mayWait = await this.#slots.ask((places) => this.#claim(places));
      if (!this.#mayWait || this.#slots.free === 0) await this.#wakeOrPoll();
    }
  }

  /** Takes up to so many executions; answers whether there may be more. */
  async #claim(places: number): Promise<boolean> {
    const { queue, identity } = this.#options;
    try {
      // A claim whose answer was lost may have been made all the same: nobody would work on it.
      if (!this.#claimsAreKnown) {
        await queue.recover(identity, { soleOwner: false, holding: [...this.#held.keys(), ...this.#slots.reserved] });
      }
      this.#claimsAreKnown = true;
      const { taken, again } = await queue.claim(identity, places);
      for (const id of taken) this.#begin(id);
      for (const id of again) this.#wakeHeld(id);
      this.#outages.succeeded('claim');
      return taken.length + again.length === places;
    } catch (error) {
      this.#claimsAreKnown = false;
      this.#outages.failed('claim', toAppError(error));
      await this.#afterFailure();
      return false;
    }
  }

  #take(executionIds: readonly string[], events: readonly RecordedEvent[]): void {
    for (const id of executionIds) this.#begin(id, freshExecution(id, events));
    this.#slots.settle(executionIds);
  }

  #giveUp(executionIds: readonly string[], { mayBeStored }: { readonly mayBeStored: boolean }): void {
    this.#slots.settle(executionIds);
    if (!mayBeStored) return;
    this.#claimsAreKnown = false;
    this.#lookForJobs();
  }

  #begin(executionId: string, fresh?: FreshExecution): void {
    const before = this.#held.get(executionId);
    const run = this.#options.createRun(executionId, fresh);
    this.#held.set(executionId, { run, over: this.#carry(executionId, { run, before: before?.over }) });
    this.#options.onActive?.(this.#held.size);
  }

  async #carry(
    executionId: string,
    { run, before }: { readonly run: ExecutionRun; readonly before: Promise<void> | undefined },
  ): Promise<void> {
    const outcome = await this.#slots.run(async () => {
      await before;
      return this.#outcomeOf(executionId, run);
    });
    if (this.#mayWait) this.#wakeUp();
    if (outcome?.kind === 'suspended' && outcome.wakeAt !== undefined) this.#setAlarm(outcome.wakeAt);
    await this.#letGo(executionId, outcome);
    if (this.#held.get(executionId)?.run === run) this.#held.delete(executionId);
    this.#options.onActive?.(this.#held.size);
  }

  async #outcomeOf(executionId: string, run: ExecutionRun): Promise<RunOutcome | undefined> {
    try {
      return this.#stopping ? undefined : await run.run();
    } catch (error) {
      this.#options.logger.error({ err: toAppError(error), 'execution.id': executionId }, 'a run broke off');
      return undefined;
    }
  }

  /** What came for it while it was held, and comes before the claim is gone, the queue makes due again. */
  async #letGo(executionId: string, outcome: RunOutcome | undefined): Promise<void> {
    const pause = this.#pauseOf(executionId, outcome);
    if (outcome?.kind === 'ended' && outcome.isReleased === true) return;
    if (pause > 0) await this.#putOff(executionId, pause);
    const isOver = outcome?.kind === 'ended' || outcome?.kind === 'suspended';
    await this.#releases.release(executionId, { again: !isOver && pause === 0 });
    this.#lookForJobs();
  }

  /** Makes the execution due again after a while; until that is stored, or the worker stops and hands over all it has. */
  async #putOff(executionId: string, milliseconds: number): Promise<void> {
    const startAfter = new Date(Date.now() + milliseconds);
    while (!this.#stopping) {
      try {
        await this.#options.queue.enqueue([{ queue: 'advance', subject: executionId, startAfter }]);
        this.#outages.succeeded(`put off ${executionId}`);
        return;
      } catch (error) {
        this.#outages.failed(`put off ${executionId}`, toAppError(error));
        await this.#afterFailure();
      }
    }
  }

  /** A while, or until the worker stops. */
  async #afterFailure(): Promise<void> {
    await delay(AFTER_FAILURE_MILLISECONDS, undefined, { ref: false, signal: this.#stopSignal.signal }).catch(
      () => undefined,
    );
  }

  /** Milliseconds until an execution that broke off is tried again; more each time it does. */
  #pauseOf(executionId: string, outcome: RunOutcome | undefined): number {
    if (this.#stopping) return 0;
    if (outcome?.kind === 'elsewhere') return ELSEWHERE_MILLISECONDS;
    if (outcome !== undefined && outcome.kind !== 'lost') {
      this.#failures.delete(executionId);
      return 0;
    }
    const failures = (this.#failures.get(executionId) ?? 0) + 1;
    this.#failures.set(executionId, failures);
    return Math.min(LONGEST_PAUSE_MILLISECONDS, FIRST_PAUSE_MILLISECONDS * 2 ** (failures - 1));
  }

  /** For what this worker has claimed; where it let it go without the claim being given back, it begins anew. */
  #wakeHeld(executionId: string): void {
    const held = this.#held.get(executionId);
    if (held === undefined) return this.#begin(executionId);
    this.#wakeRun(executionId, held);
  }

  #wakeRun(executionId: string, { run }: Held): void {
    run.wake().catch((error: unknown) => {
      this.#unheard.add(executionId);
      const failure = toAppError(error);
      // The heartbeat, which repeats it, tells of the database.
      if (failure.code === 'DATABASE_UNAVAILABLE') return;
      this.#options.logger.warn({ err: failure, 'execution.id': executionId }, 'a wake-up failed');
    });
  }

  /** Cancels and decisions made in this process reach their execution without the queue. */
  #hear(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      if (!HEARD.has(event.type)) continue;
      for (const [executionId, { run }] of this.#held) {
        if (event.streamId === `task-${run.taskId}`) this.#wakeHeld(executionId);
      }
    }
  }

  async #beat(): Promise<void> {
    const { queue, identity } = this.#options;
    // With no slot free no jobs are fetched, not even those that bring cancels from other processes.
    const toWake = this.#slots.free === 0 ? [...this.#held.keys()] : [...this.#unheard];
    this.#unheard.clear();
    for (const executionId of toWake) {
      const held = this.#held.get(executionId);
      if (held !== undefined) this.#wakeRun(executionId, held);
    }
    try {
      await queue.heartbeat(identity);
      await queue.recover(identity, { soleOwner: false });
      this.#outages.succeeded('heartbeat');
    } catch (error) {
      this.#outages.failed('heartbeat', toAppError(error));
    }
  }

  #setAlarm(at: Date): void {
    const left = at.getTime() - Date.now();
    if (left > LONGEST_ALARM_MILLISECONDS) return;
    const alarm = setTimeout(
      () => {
        this.#alarms.delete(alarm);
        this.#lookForJobs();
      },
      Math.max(1, left + 1),
    );
    alarm.unref();
    this.#alarms.add(alarm);
  }

  #lookForJobs(): void {
    this.#mayWait = true;
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake.resolve();
  }

  async #wakeOrPoll(): Promise<void> {
    const timer = setTimeout(() => this.#wakeUp(), POLL_MILLISECONDS);
    await this.#wake.promise;
    clearTimeout(timer);
  }
}
