import type { ExecutionView, ReplayReport } from '#contract';

import type { CallContext } from '../../kernel/call-context.ts';
import { AppError, toAppError } from '../../kernel/errors.ts';
import { type ExecutionId, newTraceId } from '../../kernel/ids.ts';
import type { EventStore } from '../../kernel/ports/event-store.ts';
import { jsonHash } from '../../utils/content-hash.ts';
import { canonicalJson, type JsonObject, type JsonValue } from '../../utils/json.ts';
import type { AgentDirectory } from '../agents/index.ts';
import { Activation, type ActivationServices, type EffectiveLimits } from './activation.ts';
import type { FunctionLookup, FunctionResult } from './durable-function.ts';
import type { ExecutionState } from './execution.ts';
import type { ExecutionService } from './execution-service.ts';
import { toDollars } from './execution-timeline.ts';
import { initialMessages, loadTask } from './initial-messages.ts';
import { Journal } from './journal.ts';
import { loadOwn } from './load-own.ts';
import type { LoadedExecution, LoadExecution } from './load-execution.ts';
import { MessageJournal } from './message-journal.ts';
import type { PgExecutionQueries } from './pg-execution-queries.ts';
import { runFunction } from './run-function.ts';
import { compareStepKeys } from './step-key.ts';

/** Reads of an execution that goes on, until one is of a single moment. */
const SNAPSHOT_ATTEMPTS = 10;

export interface ReplayDependencies {
  readonly eventStore: EventStore;
  readonly queries: Pick<PgExecutionQueries, 'stored'>;
  readonly loadExecution: LoadExecution;
  readonly agents: Pick<AgentDirectory, 'version'>;
  readonly functions: FunctionLookup;
  readonly tools: ActivationServices['tools'];
}

/**
 * Replay: folds the log again and compares the state with the live one, and runs the function over
 * the journal alone. Its services refuse every call, so that none can be made.
 */
export function createReplay(dependencies: ReplayDependencies): ExecutionService['replay'] {
  return async (context, id): Promise<ReplayReport> => {
    const { loaded, live } = await atOneTime(context, id, dependencies);
    const differences = differencesOf(loaded.state, live);
    const path = await runOverJournal(context, { id: id as ExecutionId, loaded, dependencies });
    return {
      executionId: id,
      equal: differences.length === 0,
      deterministic: path.length === 0,
      events: loaded.version,
      steps: loaded.state.steps.size,
      modelCalls: 0,
      toolCalls: 0,
      stateHash: jsonHash(toJson(loaded.state)),
      differences: [...differences, ...path],
    };
  };
}

/** Log and read model of the same moment, as far as an execution that goes on allows it. */
async function atOneTime(context: CallContext, id: string, dependencies: ReplayDependencies) {
  for (let attempt = 1; ; attempt += 1) {
    const loaded = await loadOwn(context, id, dependencies);
    const live = await dependencies.queries.stored(context, id);
    const { version } = await dependencies.loadExecution(id);
    if (version === loaded.version || attempt === SNAPSHOT_ATTEMPTS) return { loaded, live };
  }
}

/** The whole state, its steps in the order of the program. */
function toJson(state: ExecutionState): JsonObject {
  const steps = [...state.steps.values()].toSorted((left, right) => compareStepKeys(left.key, right.key));
  return { ...state, steps } as unknown as JsonObject;
}

/** Where the read model tells something else than the log. */
function differencesOf(state: ExecutionState, live: ExecutionView): string[] {
  const { started, totals, status } = state;
  const folded: Readonly<Record<string, JsonValue | undefined>> = {
    status,
    taskId: started?.taskId,
    agent: started?.agent,
    primary: started?.primary,
    forkOf: started?.fork?.of,
    parentExecutionId: started?.parent?.executionId,
    // The read model's totals stand still while an execution runs.
    ...(status === 'running'
      ? {}
      : {
          steps: totals.steps,
          inputTokens: totals.inputTokens,
          outputTokens: totals.outputTokens,
          cost: toDollars(totals.costMicrodollars),
        }),
  };
  return Object.entries(folded).flatMap(([field, value]) => {
    const shown = live[field as keyof ExecutionView] as JsonValue | undefined;
    const same = canonicalJson(value) === canonicalJson(shown);
    return same ? [] : [`${field}: the log says ${canonicalJson(value)}, the read model ${canonicalJson(shown)}`];
  });
}

interface Replayed {
  readonly id: ExecutionId;
  readonly loaded: LoadedExecution & Awaited<ReturnType<typeof loadOwn>>;
  readonly dependencies: ReplayDependencies;
}

/** Runs the function; answers where its path or its end was another one than the journal's. */
async function runOverJournal(context: CallContext, replayed: Replayed): Promise<string[]> {
  const { started, state } = replayed.loaded;
  const { name, version } = started.strategy;
  const durable = replayed.dependencies.functions.get(name, version);
  if (durable === undefined) return [`there is no ${name} of version ${version} here to run over the journal`];
  const activation = await createActivation(context, replayed);
  const run = runFunction(activation, durable).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: toAppError(error) }),
  );
  const frontier = activation.atRest.then(() => 'frontier' as const);
  const ended = await Promise.race([run, frontier]);
  activation.close();
  const { signal } = activation;
  return endDifferences(state, signal.aborted ? { error: toAppError(signal.reason) } : ended);
}

type ReplayEnd = 'frontier' | { readonly result: FunctionResult } | { readonly error: AppError };

function endDifferences(state: ExecutionState, ended: ReplayEnd): string[] {
  if (ended === 'frontier') {
    const mayBe = state.status === 'running' || state.status === 'suspended' || state.status === 'canceled';
    return mayBe || state.status === 'failed' ? [] : ['the code waits for something the journal does not hold'];
  }
  if ('error' in ended) {
    if (ended.error.code === 'NON_DETERMINISM') return [ended.error.message];
    if (state.status === 'canceled') return [];
    // Written down or thrown, a failure has the same code and message.
    if (state.status === 'failed' && state.error?.message === ended.error.message) return [];
    return [`the code failed with ${ended.error.code}, but the execution is ${state.status}`];
  }
  if (state.status === 'running' || state.status === 'suspended') return [];
  // It came to an end that no log could take.
  if (state.error?.code === 'EVENT_UNSTORABLE') return [];
  const recorded = canonicalJson((state.content ?? null) as unknown as JsonValue);
  const replayed = canonicalJson(ended.result.content as unknown as JsonValue);
  return recorded === replayed ? [] : ['the code came to another answer than the one recorded'];
}

async function createActivation(context: CallContext, { id, loaded, dependencies }: Replayed): Promise<Activation> {
  const { started, version } = loaded;
  const { agents, eventStore, tools } = dependencies;
  const agent = await agents.version(context.tenantId, started.agent.name, started.agent.version);
  const messages = await initialMessages({ instructions: agent.instructions, started, eventStore });
  const task = await loadTask(started.taskId, eventStore);
  // A state of its own: folding changes the map of its steps.
  const { state } = await dependencies.loadExecution(id);
  const refused = new AppError('INTERNAL', 'a replay writes nothing');
  return new Activation({
    services: {
      tools,
      models: { generate: () => Promise.reject(refused) },
      bus: { publishEphemeral: () => undefined },
      startChild: () => Promise.reject(refused),
      loadTask: (taskId) => loadTask(taskId, eventStore),
    },
    call: { ...context, principal: { id, kind: 'execution', role: 'viewer' }, traceId: newTraceId() },
    executionId: id,
    started,
    agent,
    limits: started.limits as EffectiveLimits,
    journal: new Journal({
      store: { ...eventStore, append: () => Promise.reject(refused) },
      tenantId: context.tenantId,
      metadata: { actor: id },
      executionId: id,
      taskId: started.taskId,
      state,
      version,
      signal: context.signal,
      onLost: () => undefined,
    }),
    messages: new MessageJournal(messages),
    initial: messages,
    task,
    replayOnly: true,
  });
}
