/**
 * The process that is killed: a factory (the compiled package) on a data folder, with one tool of each effect, under
 * load. Takes `VictimOptions` as JSON, speaks `VictimMessage` to its parent, and ends in order when told to drain.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { LanguageModelV4 } from '@ai-sdk/provider';
import { createFactory, defineAgent, defineTool, type TaskView, type Tool } from 'pygent-factory';
import { z } from 'zod';

import { INSTRUCTIONS, question, square, TOOL_DESCRIPTION } from '../../bench/arithmetic-task.ts';
import { createInstantModel, resultsIn, userText } from '../../bench/instant-model.ts';
import { systemContext } from '../../src/kernel/call-context.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { errorCode } from '../../src/utils/error-code.ts';
import { type CallRecord, type EffectRecord, kindFor, type OperationKind, runOf, runQuestion } from './evidence.ts';
import { CALLS_FILE, EFFECTS_FILE, readEffects } from './read-evidence.ts';
import { between, seededRandom } from './seeded-random.ts';
import type { VictimMessage, VictimOptions } from './victim.ts';

const AGENT = 'accountant';
const RETRY_MILLISECONDS = 50;
/** How long a model or a tool works before and after what it does, so that kills find all of them under way. */
const WORK_MILLISECONDS = [0, 15] as const;

const options = JSON.parse(process.argv[2] ?? '') as VictimOptions;
const random = seededRandom(options.seed * 1_000_003 + options.incarnation);
const work = (): Promise<void> => delay(between(random, WORK_MILLISECONDS));

const calls = openSync(join(options.evidenceDir, CALLS_FILE), 'a');
const effects = openSync(join(options.evidenceDir, EFFECTS_FILE), 'a');
/** What has happened, by execution and step; only this process adds to it. */
const happened = new Map(readEffects(options.evidenceDir).map((effect) => [effectKey(effect), effect]));

function effectKey({ executionId, stepKey }: Pick<EffectRecord, 'executionId' | 'stepKey'>): string {
  return `${executionId}/${stepKey}`;
}

/** What is written survives the death of the process; of the machine it need not. */
function recordCall(call: CallRecord): void {
  writeSync(calls, `${JSON.stringify(call)}\n`);
}

function carryOut(effect: EffectRecord): void {
  writeSync(effects, `${JSON.stringify(effect)}\n`);
  fsyncSync(effects);
  happened.set(effectKey(effect), effect);
}

function toolOf(kind: OperationKind): Tool {
  return defineTool({
    name: kind,
    description: TOOL_DESCRIPTION,
    effect: kind,
    parameters: z.strictObject({ number: z.int() }),
    async execute(input, { executionId, stepKey, idempotencyKey }) {
      recordCall({ kind, at: Date.now(), executionId, stepKey, idempotencyKey });
      await work();
      const result = square(input);
      if (kind === 'once') carryOut({ executionId, stepKey, ...result });
      await work();
      return result;
    },
  });
}

function createSlowModel(): LanguageModelV4 {
  const model = createInstantModel(kindFor);
  const before = async (prompt: Parameters<typeof userText>[0]): Promise<void> => {
    recordCall({ kind: 'model', at: Date.now(), run: runOf(userText(prompt)), results: resultsIn(prompt).length });
    await work();
  };
  return {
    ...model,
    doGenerate: (call) => before(call.prompt).then(() => model.doGenerate(call)),
    doStream: (call) => before(call.prompt).then(() => model.doStream(call)),
  };
}

const factory = await createFactory({
  dataDir: options.dataDir,
  logLevel: 'error',
  providers: { slow: createSlowModel },
  tools: (['read', 'idempotent', 'once'] as const).map(toolOf),
  agents: [
    defineAgent({
      name: AGENT,
      model: 'slow/model',
      instructions: INSTRUCTIONS,
      tools: ['read', 'idempotent', 'once'],
    }),
  ],
});

function endWithoutParent(): void {
  process.exit(1);
}

let stopped = false;

/** Calls that the end of the factory breaks off; the process ends with it. */
function endsWithFactory(error: unknown): Promise<void> {
  if (!stopped) throw error;
  return new Promise(() => undefined);
}

function tell(message: VictimMessage): void {
  process.send?.(message);
}

/** Tries again while the database is away, as it is after a kill of its own. */
async function patiently<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (errorCode(error) !== 'DATABASE_UNAVAILABLE') throw error;
      await delay(RETRY_MILLISECONDS);
    }
  }
}

/** Sees a task to its end; where it waits to hear what became of a `once` call, the truth is told. */
async function follow(taskId: string): Promise<void> {
  for (;;) {
    const task = await patiently(() => factory.wait(taskId));
    if (task.state !== 'input-required') return;
    for (const waiting of task.waiting) await patiently(() => settle(task, waiting)).catch(alreadySettled);
  }
}

/** A decision whose answer was lost with the database was stored all the same; the wait goes on and shows it. */
function alreadySettled(error: unknown): void {
  if (errorCode(error) !== 'TASK_NOT_WAITING') throw error;
}

async function settle({ id }: TaskView, { executionId, step }: TaskView['waiting'][number]): Promise<void> {
  const effect = happened.get(effectKey({ executionId, stepKey: step }));
  if (effect === undefined) await factory.resolve(id, { step, decision: 'retry' });
  else await factory.resolve(id, { step, decision: 'done', result: { number: effect.number, square: effect.square } });
}

/** Tasks that earlier processes left unfinished. */
async function unfinishedTasks(): Promise<string[]> {
  const context = systemContext({ clock: systemClock });
  const found: string[] = [];
  for (const state of ['submitted', 'working', 'input-required'] as const) {
    let cursor: string | undefined;
    do {
      const page = await factory.parts.taskQueries.list(
        context,
        { state },
        { limit: 100, ...(cursor === undefined ? {} : { cursor }) },
      );
      found.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
  return found;
}

const draining = new AbortController();
let submitted = 0;

/** A run of its own at every attempt: what came of one whose answer was lost is not known. */
function submitNext(): Promise<TaskView> {
  submitted += 1;
  return factory.submit(AGENT, runQuestion(`${options.incarnation}-${submitted}`, question(options.steps)));
}

async function keepSubmitting(): Promise<void> {
  while (!draining.signal.aborted) {
    const { id } = await patiently(submitNext);
    tell({ type: 'submitted', taskId: id });
    await follow(id);
  }
}

const leftOver = (await patiently(unfinishedTasks)).map(follow);
const callers = Array.from({ length: options.load }, keepSubmitting);
tell({ type: 'ready' });
process.once('message', () => draining.abort());
process.once('disconnect', endWithoutParent);
process.once('SIGTERM', () => {
  stopped = true;
  void factory.close().then(() => process.exit(0));
});
await Promise.all([...leftOver, ...callers]).catch(endsWithFactory);
await factory.close();
closeSync(calls);
closeSync(effects);
process.off('disconnect', endWithoutParent);
tell({ type: 'drained' });
process.disconnect();
