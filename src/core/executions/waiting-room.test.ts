import { describe, expect, it } from 'vitest';

import { QuietWatch } from './quiet-watch.ts';
import { WaitingRoom } from './waiting-room.ts';

const UNTIL = new Date(1_000);

/** A room whose clock stands at these times, one after the other, and then at the last. */
function roomAt(times: number[]) {
  const clock = { now: () => new Date((times.length > 1 ? times.shift() : times[0]) ?? 0) };
  const controller = new AbortController();
  const room = new WaitingRoom({
    quiet: new QuietWatch(() => undefined),
    signal: controller.signal,
    clock,
    refresh: () => Promise.resolve(),
  });
  return { room, clock, controller };
}

describe('a wait for a time', () => {
  it('is looked at again where its timer fired early and its time came just after that look', async () => {
    // Set for 5 ms, looked at; fires at 999 and is looked at; set again at 1,000.
    const { room, clock } = roomAt([995, 995, 999, 1_000]);
    const found = await room.waitFor({
      key: '1',
      until: UNTIL,
      check: async () => (clock.now() < UNTIL ? undefined : 'over'),
    });
    expect(found).toBe('over');
    room.close();
  });

  it('rejects with the reason of an abort, and with what its look threw', async () => {
    const { room, controller } = roomAt([0]);
    const waiting = room.waitFor({ key: '1', check: async () => undefined });
    const failing = room.waitFor({ key: '2', check: () => Promise.reject(new Error('no look')) });
    await expect(failing).rejects.toThrow('no look');
    controller.abort(new Error('canceled'));
    await expect(waiting).rejects.toThrow('canceled');
    expect(room.view.steps).toEqual([]);
  });

  it('is looked at once more where it was woken during a look', async () => {
    const { room } = roomAt([0]);
    const look = Promise.withResolvers<undefined>();
    let looks = 0;
    const waiting = room.waitFor({
      key: '1',
      check: () => {
        looks += 1;
        return looks === 1 ? look.promise : Promise.resolve('found');
      },
    });
    const woken = room.wake();
    look.resolve(undefined);
    await woken;
    expect(await waiting).toBe('found');
    expect(looks).toBe(2);
  });
});
