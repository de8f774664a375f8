import type { ApiError } from '#contract';
import { describe, expect, it } from 'vitest';

import { createPatientFetch } from './patient-fetch.ts';

const URL = 'http://127.0.0.1:8700/api/v1/events';

/** A watched connection whose answers are played: true is an answer, false is none. */
function watched(answers: readonly boolean[], patienceMilliseconds = 60_000) {
  const told: string[] = [];
  const controller = new AbortController();
  const left = [...answers];
  const patience = createPatientFetch({
    patienceMilliseconds,
    fetch: () => (left.shift() === true ? Promise.resolve(new Response()) : Promise.reject(new TypeError('refused'))),
  });
  patience.watch({ controller, onAway: () => told.push('away'), onBack: () => told.push('back') });
  const play = async () => {
    while (left.length > 0) await patience.fetch(URL).catch(() => undefined);
  };
  return { told, controller, play };
}

describe('createPatientFetch', () => {
  it('gives up at once where no answer ever came', async () => {
    const { told, controller, play } = watched([false]);
    await play();
    expect(told).toEqual([]);
    expect((controller.signal.reason as ApiError).code).toBe('UNREACHABLE');
    expect((controller.signal.reason as ApiError).detail).toBe(`${URL}: refused`);
  });

  it('tells once that the factory is away, and once that it is back', async () => {
    const { told, controller, play } = watched([true, false, false, false, true, true, false]);
    await play();
    expect(told).toEqual(['away', 'back', 'away']);
    expect(controller.signal.aborted).toBe(false);
  });

  it('gives up where it stays away for too long', async () => {
    const { told, controller, play } = watched([true, false, false], -1);
    await play();
    expect(told).toEqual([]);
    expect((controller.signal.reason as ApiError).status).toBe(0);
  });
});
