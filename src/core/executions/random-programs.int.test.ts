import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CONTEXT, detailOf, type Program, Runtime } from '../../../tests/support/runtime-harness.ts';
import { type ExecutionContext, type Factory, type TaskView } from '../../index.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import type { JsonValue } from '../../utils/json.ts';
import { createLoadExecution, ExecutionRun, loadTask, type RunDependencies } from './index.ts';

type Leaf = 'model' | 'read' | 'idempotent' | 'once' | 'code' | 'sleep' | 'approval';
type Node = Leaf | { readonly all: readonly (readonly Node[])[] };

const leaf = fc.constantFrom<Leaf>('model', 'read', 'idempotent', 'once', 'code', 'sleep', 'approval');
const { sequence } = fc.letrec<{ node: Node; sequence: Node[] }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    leaf,
    fc.record({ all: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }) }),
  ),
  sequence: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
}));
/** After how many appends a process dies, and whether the last of them was stored. */
const crashes = fc.array(fc.record({ after: fc.integer({ min: 1, max: 5 }), stored: fc.boolean() }), { maxLength: 8 });

let runtime: Runtime;
let factory: Factory;
let agent: string;
/** What took effect: the idempotency key of each, and how often. */
const effects = new Map<string, number>();

beforeAll(async () => {
  runtime = await Runtime.create();
  factory = await runtime.open();
  // Executions are run by hand, so that they die where they are told to.
  Object.assign(factory.parts.jobQueue, { claim: async () => ({ taken: [], again: [] }) });
  const took = (key: string): void => void effects.set(key, (effects.get(key) ?? 0) + 1);
  for (const effect of ['read', 'idempotent', 'once'] as const) {
    runtime.tool(
      {
        effect,
        execute: ({ value }, { idempotencyKey }) => {
          took(idempotencyKey);
          return { value, effect };
        },
        ...(effect === 'once'
          ? {
              reconcile: async ({ value }, { idempotencyKey }) =>
                effects.has(idempotencyKey)
                  ? { outcome: 'done', result: { value: value as string, effect } }
                  : { outcome: 'not-done' },
            }
          : {}),
      },
      effect,
    );
  }
  const program: Program = async (context, { messages }) => {
    const [part] = messages.at(-1)?.content ?? [];
    const nodes = JSON.parse(typeof part === 'object' && part.type === 'text' ? part.text : '[]') as Node[];
    return run(context, nodes, 'p');
  };
  agent = await runtime.program(factory, program, {
    tools: ['read', 'idempotent', 'once'],
    script: ({ last }) => ({ text: `re: ${last}` }),
  });
});
afterAll(() => runtime.end());

async function run(context: ExecutionContext, nodes: readonly Node[], path: string): Promise<JsonValue[]> {
  const results: JsonValue[] = [];
  for (const [index, node] of nodes.entries()) {
    const place = `${path}.${index}`;
    results.push(
      typeof node === 'string'
        ? await step(context, node, place)
        : await context.all(node.all.map((branch, at) => (inner) => run(inner, branch, `${place}.${at}`))),
    );
  }
  return results;
}

async function step(context: ExecutionContext, kind: Leaf, place: string): Promise<JsonValue> {
  switch (kind) {
    case 'model':
      return (await context.model({ messages: [{ role: 'user', content: [{ type: 'text', text: place }] }] })).text;
    case 'code':
      return context.code({ name: 'code', effect: 'idempotent', run: () => place });
    case 'sleep':
      await context.sleep(1);
      return null;
    case 'approval':
      return (await context.approval({ question: place })).approved;
    default:
      return (await context.tool({ type: 'tool-call', id: place, name: kind, arguments: { value: place } })).output;
  }
}

/** A process that dies at one of its appends, or lives to the end. */
function processOf(crash: { readonly after: number; readonly stored: boolean } | undefined): RunDependencies {
  const { parts } = factory;
  let appends = 0;
  const eventStore: EventStore = {
    ...parts.eventStore,
    append: async (request) => {
      appends += 1;
      const dies = crash !== undefined && appends >= crash.after;
      if (dies && !(crash.stored && appends === crash.after)) throw new Error('the process is dead');
      const events = await parts.eventStore.append(request);
      if (dies) throw new Error('the process is dead');
      return events;
    },
  };
  return {
    eventStore,
    loadExecution: createLoadExecution(eventStore),
    agents: parts.directory,
    functions: parts.strategies,
    services: {
      models: parts.models,
      tools: parts.tools,
      bus: parts.eventBus,
      startChild: () => Promise.reject(new Error('not used here')),
      loadTask: (taskId) => loadTask(taskId, eventStore),
    },
    cancelTask: () => Promise.resolve(),
    clock: parts.clock,
    logger: parts.logger,
  };
}

/** Runs a program through so many deaths; answers its end and its journal. */
async function journalOf(
  nodes: readonly Node[],
  deaths: readonly { readonly after: number; readonly stored: boolean }[],
) {
  const task = await factory.submit(agent, JSON.stringify(nodes));
  for (let process = 0; ; process += 1) {
    const dependencies = processOf(deaths[process]);
    const { kind } = await new ExecutionRun(task.executionId!, { ...dependencies, worker: `worker-${process}` }).run();
    if (kind === 'ended') break;
    if (kind === 'suspended') await decideAll(task);
    expect(process).toBeLessThan(100);
  }
  const detail = await detailOf(factory, task);
  const steps = detail.timeline.map(({ key, kind, name, status, output }) => ({ key, kind, name, status, output }));
  const replay = await factory.parts.executions.replay(CONTEXT, detail.id);
  return {
    executionId: detail.id,
    status: detail.status,
    output: detail.output,
    steps,
    differences: replay.differences,
  };
}

async function decideAll(task: TaskView): Promise<void> {
  const { waiting } = await factory.parts.taskQueries.get(CONTEXT, task.id);
  for (const { step: key } of waiting) {
    await factory.resolve(task.id, { step: key, decision: key.endsWith('1') ? 'approve' : 'reject' });
  }
}

describe('any program', () => {
  it('comes to the same journal whenever its processes die, with no once effect missing or repeated', async () => {
    await fc.assert(
      fc.asyncProperty(sequence, crashes, async (nodes, deaths) => {
        const { executionId: _straight, ...expected } = await journalOf(nodes, []);
        effects.clear();
        const { executionId, ...crashed } = await journalOf(nodes, deaths);
        expect(expected).toMatchObject({ status: 'completed', differences: [] });
        expect(crashed).toEqual(expected);
        const once = runtime.calls.get('once')?.filter(({ context }) => context.executionId === executionId) ?? [];
        expect(once).toHaveLength(expected.steps.filter(({ name }) => name === 'once').length);
        for (const { context } of once) expect(effects.get(context.idempotencyKey)).toBe(1);
      }),
      { numRuns: 40 },
    );
  });
});
