import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CONTEXT, ended, Runtime } from '../../../tests/support/runtime-harness.ts';
import { callsThenAnswers } from '../../../tests/support/scripted-model.ts';
import { usageQuerySchema } from '#contract';
import { advanceProjection, storedPosition } from '../../data/event-store/advance-projection.ts';
import { AppError, type Factory } from '../../index.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { usageProjection } from './index.ts';

let runtime: Runtime;
let factory: Factory;
beforeAll(async () => {
  runtime = await Runtime.create();
  factory = await runtime.open();
});
afterAll(() => runtime.end());

/** Takes the projection to the end of the log. */
async function countAll(): Promise<void> {
  const { database, blobStore: blobs } = factory.parts;
  const dependencies = { projection: usageProjection, pool: database.pool, blobs };
  const step = async () => {
    const after = await storedPosition(database.pool, usageProjection.name);
    return advanceProjection(dependencies, { after, size: 3 });
  };
  while (await step());
}

const report = (query: object, context = CONTEXT) =>
  factory.parts.usageQueries.report(context, usageQuerySchema.parse(query));

const overloaded = new AppError('MODEL_UNAVAILABLE', 'overloaded');

// requirement: R-USAGE-TRUE
describe('usage', () => {
  it('counts each call of a model once, whatever is forked, replayed or tried again', async () => {
    const tool = runtime.tool();
    const script = callsThenAnswers(tool, [{}, {}]);
    const agent = await runtime.agent(factory, script, { tools: [tool] });
    const { task } = await factory.run(agent, 'go');
    await countAll();
    const once = { agent, modelCalls: 3, failedModelCalls: 0, inputTokens: 30, outputTokens: 15, cost: 0 };
    const executions = { started: 1, completed: 1, failed: 0, canceled: 0 };
    expect((await report({ agent, groupBy: 'agent' })).items).toMatchObject([{ ...once, executions }]);

    const id = task.executionId ?? '';
    await factory.parts.executions.replay(CONTEXT, id);
    // Two of the three calls are before the cut.
    const fork = await factory.parts.executions.fork(CONTEXT, id, { at: '5' });
    const queries = factory.parts.executionQueries;
    while ((await queries.get(CONTEXT, fork.id)).status !== 'completed');
    await countAll();
    const { items, total } = await report({ agent, groupBy: 'agent' });
    expect(items).toMatchObject([
      { modelCalls: 4, inputTokens: 40, outputTokens: 20, executions: { started: 2, completed: 2 } },
    ]);
    expect(total).toEqual({ ...items[0], agent: undefined });
    expect(runtime.models.total).toBe(4);
  });

  it('tells of failures, of a day, of versions and of models, and of no other tenant', async () => {
    const agent = await runtime.agent(factory, ({ number }) =>
      number === 1 ? { throws: overloaded } : { text: 'ok' },
    );
    const failing = await runtime.agent(factory, () => ({ throws: new AppError('MODEL_REJECTED', 'no') }));
    await factory.run(agent, 'go');
    await ended(factory, (await factory.submit(failing, 'go')).id);
    const model = runtime.models.add(() => ({ text: 'x', tokens: [1_000, 1] }));
    const { directory, agents, eventStore } = factory.parts;
    const { definition } = await directory.resolve(CONTEXT.tenantId, agent);
    await agents.update(CONTEXT, { name: agent, definition: { ...definition, model } });
    await factory.run(agent, 'go');
    const before = await report({ agent });
    expect(before.items).toEqual([]);
    const [uncounted] = await eventStore.readAll({ after: BigInt(before.asOf.position), limit: 1 });
    expect(before.asOf.time).toBe(uncounted?.recordedAt.toISOString());
    await countAll();

    const { items } = await report({ agent, groupBy: 'version' });
    expect(items).toMatchObject([
      { agent, version: 1, modelCalls: 1, failedModelCalls: 1, executions: { started: 1, completed: 1 } },
      { agent, version: 2, modelCalls: 1, failedModelCalls: 0, inputTokens: 1_000, executions: { started: 1 } },
    ]);
    const ofModels = await report({ groupBy: 'model' });
    const own = ofModels.items.find((item) => item.model === model);
    expect(own).toMatchObject({ modelCalls: 1, inputTokens: 1_000, outputTokens: 1 });
    expect(own).not.toHaveProperty('executions');
    const ofDays = await report({});
    expect(ofDays.total).toEqual(ofModels.total);
    expect(ofDays.total.executions).toMatchObject({ started: 5, completed: 4, failed: 1 });
    expect(ofDays.items.map(({ day }) => day)).toEqual([ofDays.to]);

    const { rows } = await factory.parts.database.pool.query<{ last: string }>(
      'SELECT max(global_position) AS last FROM events',
    );
    expect(ofDays.asOf.position).toBe(rows[0]?.last);
    expect((await report({}, { ...CONTEXT, tenantId: 'other' as TenantId })).items).toEqual([]);
    expect((await report({ agent: 'no\0' })).items).toEqual([]);
    expect((await report({ to: '2020-01-31' })).total.executions.started).toBe(0);
  });
});
