import { describe, expect, it } from 'vitest';

import { AppError } from '../../kernel/errors.ts';
import type { RecordedEvent } from '../../kernel/event.ts';
import { DEFAULT_TENANT, newExecutionId, newTaskId } from '../../kernel/ids.ts';
import type { AppendRequest, EventStore } from '../../kernel/ports/event-store.ts';
import type { TaskEvent } from '../tasks/index.ts';
import { executionDecider } from './execution.ts';
import type { ExecutionEvent } from './execution-events.ts';
import { Journal } from './journal.ts';

/** A store whose appends are answered when the test says so. */
class HeldStore {
  readonly stored: string[] = [];
  readonly #held: { readonly request: AppendRequest; readonly answer: PromiseWithResolvers<never[]> }[] = [];
  readonly #asked: AppendRequest[] = [];
  readonly #task: readonly RecordedEvent[];
  #onAsked: () => void = () => undefined;
  mostAtOnce = 0;

  readonly store: EventStore = {
    append: (request) => {
      const answer = Promise.withResolvers<never[]>();
      this.#held.push({ request, answer });
      this.#asked.push(request);
      this.#onAsked();
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#held.length);
      return answer.promise;
    },
    readStream: () => Promise.resolve(this.#task),
    readAll: () => Promise.resolve([]),
  };

  constructor(task: readonly RecordedEvent[] = []) {
    this.#task = task;
  }

  /** The append of a number, when it has been asked for. */
  async asked(number: number): Promise<AppendRequest> {
    while (this.#asked.length < number) await new Promise<void>((resolve) => (this.#onAsked = resolve));
    return this.#asked[number - 1]!;
  }

  /** Stores the oldest append; answers the promise its caller got. */
  answer(): Promise<unknown> {
    const { request, answer } = this.#held.shift()!;
    const own = request.streams.find(({ streamId }) => streamId.startsWith('execution-'));
    const { expectedVersion, events } = own ?? { expectedVersion: this.stored.length + 1, events: [] };
    if (expectedVersion === this.stored.length + 1) {
      this.stored.push(...events.map(({ data }) => String((data as { key?: string }).key)));
      answer.resolve([]);
    } else {
      answer.reject(new AppError('CONCURRENCY_CONFLICT', `it is at ${this.stored.length + 1}, not ${expectedVersion}`));
    }
    return answer.promise.catch(() => undefined);
  }

  get waiting(): number {
    return this.#held.length;
  }
}

function open(store: EventStore) {
  const started = { type: 'ExecutionStarted', data: {} } as unknown as ExecutionEvent;
  return new Journal({
    store,
    tenantId: DEFAULT_TENANT,
    metadata: { actor: 'test' },
    executionId: newExecutionId(),
    taskId: newTaskId(),
    state: executionDecider.evolve(executionDecider.initialState(), started),
    version: 1,
    signal: new AbortController().signal,
    onLost: () => undefined,
  });
}

const step = (key: string): ExecutionEvent => ({
  type: 'StepCompleted',
  data: { key, kind: 'code', name: 'work', input: {}, startedAt: '', durationMilliseconds: 0, output: null },
});

const started: TaskEvent = { type: 'TaskStarted', data: { executionId: newExecutionId() } };
const submitted = { type: 'TaskSubmitted', data: { executionId: newExecutionId() } } as unknown as RecordedEvent;

describe('what is attached to a journal', () => {
  const typesOf = ({ streams }: AppendRequest) => streams.flatMap(({ events }) => events.map(({ type }) => type));

  it('goes with the first event where one comes at once', async () => {
    const held = new HeldStore([submitted]);
    const journal = open(held.store);
    journal.attach({ task: [started] });
    const flushed = journal.flush();
    await flushed;
    expect(held.waiting).toBe(0);
    const first = journal.now(step('1'));
    expect(typesOf(await held.asked(1))).toEqual(['StepCompleted', 'TaskStarted']);
    await held.answer();
    await first;
  });

  it('is written by itself where none comes, and what comes later stands behind it', async () => {
    const held = new HeldStore([submitted]);
    const journal = open(held.store);
    journal.attach({ task: [started] });
    const alone = await held.asked(1);
    expect(typesOf(alone)).toEqual(['TaskStarted']);
    const first = journal.now(step('1'));
    expect(held.waiting).toBe(1);
    await held.answer();
    expect(typesOf(await held.asked(2))).toEqual(['StepCompleted']);
    await held.answer();
    await first;
    expect(held.stored).toEqual(['1']);
  });
});

describe('a journal', () => {
  // An append ends, and another event comes so many turns of the microtask queue later.
  it.each(Array.from({ length: 12 }, (_, turns) => turns))(
    'writes one append at a time, in order (%i)',
    async (turns) => {
      const held = new HeldStore();
      const journal = open(held.store);
      const first = journal.now(step('1'));
      let isSecondOver = false;
      const second = journal.now(step('2')).then(() => (isSecondOver = true));
      const answered = held.answer();
      await answered;
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const third = journal.now(step('3'));
      await first;
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      expect(isSecondOver).toBe(held.stored.includes('2'));
      const fourth = journal.now(step('4'));
      while (held.waiting > 0) {
        await held.answer();
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      }
      await Promise.all([second, third, fourth]);
      expect(held.stored).toEqual(['1', '2', '3', '4']);
      expect(held.mostAtOnce).toBe(1);
    },
  );

  it('that lost its stream records nothing any more', async () => {
    const held = new HeldStore();
    const journal = open(held.store);
    held.stored.push('of another writer');
    const first = journal.now(step('1'));
    await held.answer();
    await expect(first).rejects.toMatchObject({ code: 'CONCURRENCY_CONFLICT' });
    expect(() => journal.later(step('2'))).toThrow(AppError);
    await expect(journal.flush()).rejects.toMatchObject({ code: 'CONCURRENCY_CONFLICT' });
    expect(held.waiting).toBe(0);
  });
});
