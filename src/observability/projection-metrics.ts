import { Gauge, type Registry } from 'prom-client';

import type { ProjectionLag } from '../kernel/projection.ts';

export interface ProjectionMetrics {
  readonly registry: Registry;
  readonly lags: () => Promise<readonly ProjectionLag[]>;
  readonly now: () => Date;
}

/**
 * Adds gauges of how far catch-up projections are behind the log. They are read from the database
 * at each scrape, so that every process that serves metrics tells the same, whoever keeps the
 * projections; while the database is away they are left out.
 */
export function addProjectionMetrics({ registry, lags, now }: ProjectionMetrics): void {
  // All metrics of a scrape are collected at once: both gauges wait for one question.
  let reading: Promise<readonly ProjectionLag[]> | undefined;
  const read = (): Promise<readonly ProjectionLag[]> => {
    reading ??= lags()
      .catch(() => [])
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  const add = (
    metric: { readonly name: string; readonly help: string },
    value: (lag: ProjectionLag) => number,
  ): Gauge =>
    new Gauge({
      ...metric,
      labelNames: ['projection'],
      registers: [registry],
      async collect() {
        const found = await read();
        this.reset();
        for (const lag of found) this.set({ projection: lag.name }, value(lag));
      },
    });
  add(
    { name: 'pygent_projection_lag_events', help: 'Places of the log that a catch-up projection has not seen.' },
    ({ events }) => events,
  );
  add(
    { name: 'pygent_projection_lag_seconds', help: 'Age of the first event that a catch-up projection has not seen.' },
    (lag) => lagSeconds(lag, now()),
  );
}

/** Age of the first event that a projection has not seen; 0 where it has seen everything. */
export function lagSeconds({ since }: ProjectionLag, now: Date): number {
  return since === undefined ? 0 : Math.max(0, (now.getTime() - since.getTime()) / 1_000);
}
