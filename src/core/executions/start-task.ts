import type { CallContext } from '../../kernel/call-context.ts';
import type { Clock } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import type { DomainEvent } from '../../kernel/event.ts';
import {
  type ConversationId,
  type ExecutionId,
  newConversationId,
  newExecutionId,
  newTaskId,
  type TaskId,
  type TenantId,
} from '../../kernel/ids.ts';
import type { EventStore, StreamAppend } from '../../kernel/ports/event-store.ts';
import type { Job } from '../../kernel/ports/job-queue.ts';
import type { ModelGateway } from '../../kernel/ports/language-model.ts';
import type { JsonObject } from '../../utils/json.ts';
import { holdsNul } from '../../utils/holds-nul.ts';
import { nearNames } from '../../utils/near-names.ts';
import type { AgentDirectory, Limits, ResolvedAgent } from '../agents/index.ts';
import { conversationStream, type ConversationTurnTaken } from '../conversations/index.ts';
import { isFinal, type TaskSubmitted, taskStream } from '../tasks/index.ts';
import type { DocumentsSetting, ToolRegistry } from '../tools/index.ts';
import type { DurableFunction, FunctionLookup } from './durable-function.ts';
import { type ExecutionStarted, executionStream, type ParentStep, type PinnedDelegate } from './execution-events.ts';
import { loadTask } from './initial-messages.ts';

const DEFAULT_LIMITS = { steps: 1_000, stepTimeoutSeconds: 600 };
/** Tasks above a task. */
const DEEPEST = 16;
/** Turns of a conversation that a new one is told of. */
const REMEMBERED_TURNS = 50;

export interface TaskRequest {
  readonly agent: string;
  readonly input: string;
  readonly conversationId?: string | undefined;
  readonly model?: string | undefined;
  readonly strategyParameters?: JsonObject | undefined;
  readonly limits?: Limits | undefined;
  readonly documents?: DocumentsSetting | undefined;
}

/** A task that a step of another one asks for. */
export interface ChildTask {
  readonly agent: string;
  readonly input: string;
  readonly parent: ParentStep;
}

/** A new task and its first execution, not stored yet: the streams and jobs belong into one append. */
export interface StartedTask {
  readonly taskId: TaskId;
  readonly executionId: ExecutionId;
  readonly streams: readonly StreamAppend[];
  readonly jobs: readonly Job[];
}

export interface TaskStarterDependencies {
  readonly agents: AgentDirectory;
  readonly functions: FunctionLookup;
  readonly tools: Pick<ToolRegistry, 'schemaHash'>;
  readonly models: Pick<ModelGateway, 'assertKnown' | 'defaultModel'>;
  readonly eventStore: Pick<EventStore, 'readStream'>;
  readonly clock: Clock;
  /** @throws AppError DOCUMENTS_NOT_FOUND, PATH_REFUSED */
  readonly checkDocuments: (setting: DocumentsSetting) => Promise<void>;
}

/** Makes tasks: resolves and pins everything that an execution must find unchanged later. */
export class TaskStarter {
  readonly #dependencies: TaskStarterDependencies;

  constructor(dependencies: TaskStarterDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * @throws AppError AGENT_NOT_FOUND, AGENT_VERSION_NOT_FOUND, AGENT_DISABLED, MODEL_NOT_FOUND,
   *   STRATEGY_NOT_FOUND, TOOL_NOT_FOUND, CONVERSATION_NOT_FOUND, DOCUMENTS_NOT_FOUND, VALIDATION_FAILED
   */
  async start(call: CallContext, request: TaskRequest): Promise<StartedTask> {
    const agent = await this.#enabled(call.tenantId, request.agent);
    const turn = await this.#turn(call.tenantId, request.conversationId);
    const taskId = newTaskId();
    const turnTaken: ConversationTurnTaken = {
      type: 'ConversationTurnTaken',
      data: { conversationId: turn.conversationId, taskId },
    };
    const started = await this.executionStarted(call.tenantId, { agent, request, taskId, history: turn.history });
    return toStartedTask({ taskId, started, conversation: { id: turn.conversationId, turn: turn.number } }, [
      { streamId: conversationStream(turn.conversationId), expectedVersion: turn.number - 1, events: [turnTaken] },
    ]);
  }

  /** @throws AppError as `start` does, and DELEGATE_CYCLE */
  async startChild(call: CallContext, child: ChildTask): Promise<StartedTask> {
    const agent = await this.#enabled(call.tenantId, child.agent);
    const { agents, depth } = child.parent;
    if (agents.includes(agent.name)) {
      const cycle = [...agents.slice(agents.indexOf(agent.name)), agent.name];
      throw new AppError('DELEGATE_CYCLE', `${cycle.join(' → ')} would go on in a circle`, { details: { cycle } });
    }
    if (depth > DEEPEST) {
      throw new AppError('DELEGATE_CYCLE', `more than ${DEEPEST} tasks stand above this one`, {
        details: { cycle: [...agents, agent.name] },
      });
    }
    const taskId = newTaskId();
    const started = await this.executionStarted(call.tenantId, { agent, request: child, taskId, history: [] });
    return toStartedTask({ taskId, started: { ...started, parent: child.parent } }, []);
  }

  /** What a new execution of the agent pins. @throws AppError as `start` does */
  async executionStarted(
    tenantId: TenantId,
    task: {
      readonly agent: ResolvedAgent;
      readonly request: TaskRequest | ChildTask;
      readonly taskId: TaskId;
      readonly history: readonly TaskId[];
    },
  ): Promise<ExecutionStarted['data']> {
    const { agent, taskId, history } = task;
    const request: TaskRequest = task.request;
    const { definition } = agent;
    const { models, tools } = this.#dependencies;
    const model = request.model ?? definition.model ?? models.defaultModel.model;
    models.assertKnown(model);
    const strategy = this.#strategy(definition.strategy.name);
    const parameters = strategy.parseParameters({ ...definition.strategy.parameters, ...request.strategyParameters });
    const documents = request.documents ?? definition.documents;
    if (documents !== undefined) await this.#dependencies.checkDocuments(documents);
    const delegates = await this.#delegates(tenantId, definition.delegates);
    const limits = { ...DEFAULT_LIMITS, ...definition.limits, ...request.limits };
    return {
      taskId,
      agent: { name: agent.name, version: agent.version },
      strategy: { name: strategy.name, version: strategy.version, parameters },
      model,
      input: request.input,
      history,
      limits,
      ...this.deadline(limits),
      tools: Object.fromEntries(definition.tools.map((name) => [name, tools.schemaHash(name)])),
      ...(delegates.length === 0 ? {} : { delegates }),
      ...(documents === undefined ? {} : { documents }),
      primary: true,
    };
  }

  /** When an execution that begins now has to be over. */
  deadline({ wallTimeSeconds }: Limits): { readonly deadline?: string } {
    if (wallTimeSeconds === undefined) return {};
    return { deadline: new Date(this.#dependencies.clock.now().getTime() + wallTimeSeconds * 1_000).toISOString() };
  }

  async #enabled(tenantId: TenantId, reference: string): Promise<ResolvedAgent> {
    const agent = await this.#dependencies.agents.resolve(tenantId, reference);
    if (agent.status === 'enabled') return agent;
    throw new AppError('AGENT_DISABLED', `${agent.name} is disabled`, { details: { agent: agent.name } });
  }

  #strategy(name: string): DurableFunction {
    const { functions } = this.#dependencies;
    const found = functions.get(name);
    if (found !== undefined) return found;
    const known = [...functions.names()];
    const [near] = nearNames(name, known);
    const hint = near === undefined ? `use one of ${known.join(', ')}` : `did you mean ${near}?`;
    throw new AppError('STRATEGY_NOT_FOUND', `there is no strategy ${name}; ${hint}`, { details: { known } });
  }

  async #delegates(tenantId: TenantId, names: readonly string[]): Promise<readonly PinnedDelegate[]> {
    const found = await Promise.all(names.map((name) => this.#dependencies.agents.resolve(tenantId, name)));
    return found.map(({ name, version, definition }) => ({ name, version, description: definition.description }));
  }

  async #turn(tenantId: TenantId, wanted: string | undefined) {
    if (wanted === undefined) return { conversationId: newConversationId(), number: 1, history: [] };
    const { eventStore } = this.#dependencies;
    const turns = holdsNul(wanted) ? [] : await eventStore.readStream(conversationStream(wanted));
    if (turns.length === 0 || turns[0]?.tenantId !== tenantId) {
      throw new AppError('CONVERSATION_NOT_FOUND', `there is no conversation ${wanted}`);
    }
    const taskIds = turns.slice(-REMEMBERED_TURNS).map((turn) => turn.data['taskId'] as TaskId);
    // A turn that is not over is left out, so that what an execution is told never changes.
    const tasks = await Promise.all(
      taskIds.map(async (taskId) => ({ taskId, over: isFinal(await loadTask(taskId, eventStore)) })),
    );
    const history = tasks.filter(({ over }) => over).map(({ taskId }) => taskId);
    return { conversationId: wanted as ConversationId, number: turns.length + 1, history };
  }
}

interface NewTask {
  readonly taskId: TaskId;
  readonly started: ExecutionStarted['data'];
  readonly conversation?: { readonly id: ConversationId; readonly turn: number };
}

function toStartedTask({ taskId, started, conversation }: NewTask, others: readonly StreamAppend[]): StartedTask {
  const executionId = newExecutionId();
  const submitted: TaskSubmitted = {
    type: 'TaskSubmitted',
    data: {
      agent: started.agent,
      input: started.input,
      executionId,
      ...(conversation === undefined ? {} : { conversationId: conversation.id, turn: conversation.turn }),
      ...(started.parent === undefined ? {} : { parentExecutionId: started.parent.executionId }),
    },
  };
  return {
    taskId,
    executionId,
    streams: [
      stream(taskStream(taskId), submitted),
      stream(executionStream(executionId), { type: 'ExecutionStarted', data: started }),
      ...others,
    ],
    jobs: [{ queue: 'advance', subject: executionId, isNew: true }],
  };
}

function stream(streamId: string, event: DomainEvent<string, object>): StreamAppend {
  return { streamId, expectedVersion: 0, events: [event] };
}
