import { expectedAnswer } from '../../bench/arithmetic-task.ts';
import { type CallRecord, type Evidence, type EventRow, kindFor, runOf } from './evidence.ts';

/** What was found wrong, in words; every list is empty where all promises were kept. */
export interface Verdict {
  readonly executions: number;
  readonly steps: number;
  readonly onceEffects: number;
  /** Confirmed tasks that did not complete, and executions without an end. */
  readonly lost: readonly string[];
  /** Steps called again after the log held their end, or called twice by one process. */
  readonly repeatedSteps: readonly string[];
  readonly repeatedEffects: readonly string[];
  readonly lostEffects: readonly string[];
  /** Calls of one step with different idempotency keys. */
  readonly changedKeys: readonly string[];
  /** Streams whose events do not follow each other as they must. */
  readonly disorder: readonly string[];
  readonly wrongAnswers: readonly string[];
}

export type FaultKind = Exclude<keyof Verdict, 'executions' | 'steps' | 'onceEffects'>;

const ENDS = ['ExecutionCompleted', 'ExecutionFailed', 'ExecutionCanceled'];

/** Judges by the evidence alone; knows nothing of how the engine comes to its results. */
export function checkEvidence(evidence: Evidence): Verdict {
  const streams = byStream(evidence.events);
  const executions = new Map<string, Story>();
  for (const [streamId, events] of streams) {
    if (streamId.startsWith('execution-')) executions.set(streamId.slice('execution-'.length), toStory(events));
  }
  return {
    executions: executions.size,
    steps: [...executions.values()].reduce((sum, { ends }) => sum + ends.size, 0),
    onceEffects: evidence.effects.length,
    lost: findLost(evidence, streams),
    repeatedSteps: findRepeatedSteps(evidence.calls, executions),
    repeatedEffects: findRepeatedEffects(evidence),
    lostEffects: findLostEffects(evidence, executions),
    changedKeys: findChangedKeys(evidence.calls),
    disorder: [...streams].flatMap(([streamId, events]) => findDisorder(streamId, events)),
    wrongAnswers: findWrongAnswers(evidence, streams),
  };
}

/** An execution as its stream tells it. */
interface Story {
  readonly run: string;
  /** Step key to the time when its end was recorded, in milliseconds of the epoch. */
  readonly ends: ReadonlyMap<string, number>;
  /** The same of the model's steps, in their order. */
  readonly modelEnds: readonly number[];
}

function byStream(events: readonly EventRow[]): ReadonlyMap<string, readonly EventRow[]> {
  return Map.groupBy(events, ({ streamId }) => streamId);
}

function toStory(events: readonly EventRow[]): Story {
  const completed = events.filter(({ type }) => type === 'StepCompleted');
  const input = events[0]?.data['input'];
  return {
    run: typeof input === 'string' ? runOf(input) : '',
    ends: new Map(completed.map(({ data, recordedAt }) => [String(data['key']), recordedAt])),
    modelEnds: completed.filter(({ data }) => data['kind'] === 'model').map(({ recordedAt }) => recordedAt),
  };
}

function findLost({ acknowledged }: Evidence, streams: ReadonlyMap<string, readonly EventRow[]>): string[] {
  const endOf = (streamId: string): string | undefined => streams.get(streamId)?.at(-1)?.type;
  const tasks = acknowledged
    .filter((id) => endOf(`task-${id}`) !== 'TaskCompleted')
    .map((id) => `task ${id} was confirmed, and its last event is ${endOf(`task-${id}`) ?? 'none'}`);
  const executions = [...streams.keys()]
    .filter((id) => id.startsWith('execution-') && !ENDS.includes(endOf(id) ?? ''))
    .map((id) => `${id} has no end; its last event is ${endOf(id)}`);
  return [...tasks, ...executions];
}

function findRepeatedSteps(calls: readonly CallRecord[], executions: ReadonlyMap<string, Story>): string[] {
  const byRun = new Map([...executions.values()].map((story) => [story.run, story]));
  return calls.flatMap((call) => {
    const end =
      call.kind === 'model'
        ? byRun.get(call.run)?.modelEnds[call.results]
        : executions.get(call.executionId)?.ends.get(call.stepKey);
    return end !== undefined && call.at > end ? [`${nameOf(call)} was called ${call.at - end} ms after its end`] : [];
  });
}

function nameOf(call: CallRecord): string {
  return call.kind === 'model'
    ? `the model with ${call.results} results in run ${call.run}`
    : `step ${call.stepKey} (${call.kind}) of execution ${call.executionId}`;
}

const stepOf = ({ executionId, stepKey }: { readonly executionId: string; readonly stepKey: string }): string =>
  `step ${stepKey} of execution ${executionId}`;

function findRepeatedEffects({ effects }: Evidence): string[] {
  const times = Map.groupBy(effects, stepOf);
  return [...times].flatMap(([step, all]) => (all.length > 1 ? [`${step} had its effect ${all.length} times`] : []));
}

/** Every completed `once` call must have left its effect, and every execution one for each such number. */
function findLostEffects({ effects, steps }: Evidence, executions: ReadonlyMap<string, Story>): string[] {
  const numbers = Array.from({ length: steps }, (_, index) => index + 1).filter((number) => kindFor(number) === 'once');
  const byExecution = Map.groupBy(effects, ({ executionId }) => executionId);
  return [...executions.keys()].flatMap((id) => {
    const done = new Set(byExecution.get(id)?.map(({ number }) => number));
    return numbers
      .filter((number) => !done.has(number))
      .map((number) => `execution ${id} lacks the effect of ${number}`);
  });
}

function findChangedKeys(calls: readonly CallRecord[]): string[] {
  const ofTools = calls.filter((call) => call.kind !== 'model');
  return [...Map.groupBy(ofTools, stepOf)].flatMap(([step, all]) => {
    const keys = new Set(all.map(({ idempotencyKey }) => idempotencyKey));
    return keys.size > 1 ? [`${step} was called with ${keys.size} idempotency keys`] : [];
  });
}

function findDisorder(streamId: string, events: readonly EventRow[]): string[] {
  const found: string[] = [];
  const ended = new Set<unknown>();
  for (const [index, { version, type, data }] of events.entries()) {
    if (version !== index + 1) found.push(`${streamId}: version ${version} stands at place ${index + 1}`);
    if (ENDS.includes(type) && index !== events.length - 1) found.push(`${streamId}: ${type} is not the last event`);
    if (type.startsWith('Step') && ended.has(data['key'])) found.push(`${streamId}: ${type} behind a step's end`);
    if (type === 'StepCompleted' || type === 'StepFailed') ended.add(data['key']);
  }
  if (streamId.startsWith('execution-') && events[0]?.type !== 'ExecutionStarted') {
    found.push(`${streamId} begins with ${events[0]?.type}`);
  }
  return found;
}

function findWrongAnswers({ steps }: Evidence, streams: ReadonlyMap<string, readonly EventRow[]>): string[] {
  const expected = expectedAnswer(steps);
  return [...streams].flatMap(([streamId, events]) => {
    const last = events.at(-1);
    const text = last?.type === 'TaskCompleted' ? last.data['text'] : undefined;
    return text === undefined || text === expected ? [] : [`${streamId} answered ${JSON.stringify(text)}`];
  });
}
