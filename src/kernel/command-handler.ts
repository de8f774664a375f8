import { type Decider, fold } from './decider.ts';
import { AppError } from './errors.ts';
import type { DomainEvent, EventMetadata, RecordedEvent } from './event.ts';
import type { TenantId } from './ids.ts';
import type { EventStore, StreamAppend } from './ports/event-store.ts';
import type { Job } from './ports/job-queue.ts';

/** What a handled command leaves behind. */
export interface Handled<State> {
  readonly state: State;
  readonly version: number;
  readonly events: readonly RecordedEvent[];
}

export interface HandleCommand<State, Command> {
  readonly streamId: string;
  readonly tenantId: TenantId;
  readonly metadata: EventMetadata;
  /** The command, or how to make it from the state just read. */
  readonly command: Command | ((state: State) => Command);
  /** The stream must be at this version, else CONCURRENCY_CONFLICT at once; otherwise conflicts are retried. */
  readonly expectedVersion?: number;
  /** Events of other streams and jobs to store with this command's events. */
  readonly together?: (
    state: State,
    events: readonly DomainEvent<string, object>[],
  ) => {
    readonly streams?: readonly StreamAppend[];
    readonly jobs?: readonly Job[];
  };
}

const ATTEMPTS = 5;

/** Reads a stream, decides, appends; on a lost race reads and decides anew. */
export class CommandHandler<State, Command, Event extends DomainEvent<string, object>> {
  readonly #store: EventStore;
  readonly #decider: Decider<State, Command, Event>;

  constructor(store: EventStore, decider: Decider<State, Command, Event>) {
    this.#store = store;
    this.#decider = decider;
  }

  /** The state of a stream and the version it was read at; version 0 where it doesn't exist. */
  async load(streamId: string): Promise<{ readonly state: State; readonly version: number }> {
    const events = await this.#store.readStream(streamId);
    return { state: fold(this.#decider, events as unknown as readonly Event[]), version: events.length };
  }

  /** @throws AppError whatever `decide` refuses with, or CONCURRENCY_CONFLICT. */
  async handle(request: HandleCommand<State, Command>): Promise<Handled<State>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(request);
      } catch (error) {
        const lostRace = error instanceof AppError && error.code === 'CONCURRENCY_CONFLICT';
        if (!lostRace || request.expectedVersion !== undefined || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async #once(request: HandleCommand<State, Command>): Promise<Handled<State>> {
    const { state, version } = await this.load(request.streamId);
    if (request.expectedVersion !== undefined && request.expectedVersion !== version) {
      throw new AppError(
        'CONCURRENCY_CONFLICT',
        `${request.streamId} is at version ${version}, not ${request.expectedVersion}`,
      );
    }
    const { command } = request;
    const decided = this.#decider.decide(
      state,
      typeof command === 'function' ? (command as (state: State) => Command)(state) : command,
    );
    if (decided.length === 0) return { state, version, events: [] };
    const together = request.together?.(state, decided);
    const events = await this.#store.append({
      tenantId: request.tenantId,
      metadata: request.metadata,
      streams: [
        { streamId: request.streamId, expectedVersion: version, events: decided },
        ...(together?.streams ?? []),
      ],
      jobs: together?.jobs ?? [],
    });
    return { state: fold(this.#decider, decided, state), version: version + decided.length, events };
  }
}
