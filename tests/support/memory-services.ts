/* oxlint-disable max-params -- the signatures of the services they stand for */
import type { AgentDefinition, AgentView, ExecutionDetail, ExecutionView, KeyView, TaskView } from '#contract';

import { AppError } from '../../src/kernel/errors.ts';
import type { RestAgents, RestKeys, RestServices, Revised } from '../../src/protocols/rest/index.ts';
import { MemoryLog } from './memory-log.ts';

const AT = '2026-01-02T03:04:05.000Z';

export interface MemoryServices extends RestServices {
  readonly log: MemoryLog;
  readonly taskViews: Map<string, TaskView>;
  readonly streams: Map<string, string[]>;
  readonly forks: ExecutionView[];
  /** Ends a task as its execution would. */
  readonly finish: (id: string, text: string) => void;
  databaseAway: boolean;
  /** Submissions wait for this. */
  gate: Promise<void>;
  /** How many submissions wait. */
  waiting: number;
}

/** Small services in memory, for tests of the doors in front of the real ones. */
export function createMemoryServices(): MemoryServices {
  const log = new MemoryLog();
  const taskViews = new Map<string, TaskView>();
  const streams = new Map<string, string[]>();
  const forks: ExecutionView[] = [];
  const services: MemoryServices = {
    log,
    taskViews,
    streams,
    forks,
    databaseAway: false,
    gate: Promise.resolve(),
    waiting: 0,
    finish: (id, text) => {
      const task = taskOf(taskViews, id);
      taskViews.set(id, { ...task, state: 'completed', output: { text } });
      log.append(
        [`execution-${task.executionId}`, { type: 'ExecutionCompleted', data: {} }],
        [`task-${id}`, { type: 'TaskCompleted', data: { executionId: task.executionId, text } }],
      );
    },
    agents: memoryAgents(),
    keys: memoryKeys(),
    ...memoryTasks({
      log,
      taskViews,
      streams,
      pass: async () => {
        services.waiting += 1;
        await services.gate;
        services.waiting -= 1;
      },
    }),
    ...memoryExecutions(forks),
    usageQueries: memoryUsage(),
    tools: { list: () => [{ name: 'now', description: 'The time.', effect: 'read', parameters: { type: 'object' } }] },
    models: {
      defaultModel: { model: 'local/rules', reason: 'no key found' },
      list: () => [{ provider: 'local', configured: true, reason: 'built in' }],
    },
    eventStore: log,
    eventBus: log,
    authorizer: {
      authorize: ({ principal }, action) => {
        const writes = !action.endsWith(':read');
        if (principal.role === 'viewer' && writes) throw new AppError('FORBIDDEN', `${action} needs another role`);
      },
    },
    system: { version: '9.9.9', startedAt: new Date(0), dataFolder: '/data', database: 'memory' },
    health: {
      ready: async () => {
        if (services.databaseAway) throw new AppError('DATABASE_UNAVAILABLE', 'password of 10.0.0.1 refused');
      },
      deep: async () => ({
        status: 'ok',
        dependencies: [{ name: 'database', status: 'ok', latencyMilliseconds: 1, detail: 'answers' }],
      }),
    },
  };
  return services;
}

function taskOf(taskViews: ReadonlyMap<string, TaskView>, id: string): TaskView {
  const task = taskViews.get(id);
  if (task === undefined) throw new AppError('TASK_NOT_FOUND', `there is no task ${id}`);
  return task;
}

function memoryTasks({
  log,
  taskViews,
  streams,
  pass,
}: Pick<MemoryServices, 'log' | 'taskViews' | 'streams'> & { readonly pass: () => Promise<void> }): Pick<
  MemoryServices,
  'tasks' | 'taskQueries'
> {
  return {
    tasks: {
      submit: async ({ principal }, request) => {
        if (request.agent === 'nobody') throw new AppError('AGENT_NOT_FOUND', 'there is no agent nobody');
        if (request.agent === 'broken') throw new Error('secret inner message');
        await pass();
        const id = `task_${taskViews.size + 1}`;
        const executionId = `exec_${id}`;
        const task: TaskView = {
          id,
          agent: { name: request.agent, version: 1 },
          state: 'working',
          input: request.input,
          waiting: [],
          executionId,
          createdBy: principal.id,
          createdAt: AT,
          updatedAt: AT,
          ...(request.conversationId === undefined ? {} : { conversationId: request.conversationId }),
        };
        taskViews.set(id, task);
        streams.set(id, [`task-${id}`, `execution-${executionId}`]);
        log.append(
          [`task-${id}`, { type: 'TaskSubmitted', data: { executionId } }],
          [`execution-${executionId}`, { type: 'ExecutionStarted', data: {} }],
        );
        return task;
      },
      cancel: async (_context, id) => {
        const task = taskOf(taskViews, id);
        if (task.state !== 'working') throw new AppError('TASK_FINISHED', `task ${id} is ${task.state}`);
        const canceled: TaskView = { ...task, state: 'canceled' };
        taskViews.set(id, canceled);
        log.append([`task-${id}`, { type: 'TaskCanceled', data: {} }]);
        return canceled;
      },
      resolve: async (_context, id) => {
        taskOf(taskViews, id);
        throw new AppError('TASK_NOT_WAITING', `task ${id} waits for nothing`);
      },
    },
    taskQueries: {
      get: async (_context, id) => taskOf(taskViews, id),
      list: async (_context, { conversationId }, { limit, cursor }) => {
        if (cursor !== undefined && !/^\d+$/.test(cursor)) throw new AppError('CURSOR_INVALID', 'not a cursor');
        const from = Number(cursor ?? 0);
        const all = [...taskViews.values()]
          .toReversed()
          .filter((task) => conversationId === undefined || task.conversationId === conversationId);
        const items = all.slice(from, from + limit);
        return all.length > from + limit ? { items, nextCursor: String(from + limit) } : { items };
      },
      streamsOf: async (_context, id) => [...(streams.get(id) ?? [])],
    },
  };
}

export function executionView(id: string, overrides: Partial<ExecutionView> = {}): ExecutionView {
  return {
    id,
    taskId: 'task_1',
    agent: { name: 'librarian', version: 1 },
    status: 'running',
    primary: true,
    steps: 0,
    inputTokens: 0,
    outputTokens: 0,
    cost: 0,
    createdAt: AT,
    updatedAt: AT,
    ...overrides,
  };
}

function memoryExecutions(forks: ExecutionView[]): Pick<MemoryServices, 'executions' | 'executionQueries'> {
  const detail = (id: string): ExecutionDetail => {
    if (id === 'none') throw new AppError('EXECUTION_NOT_FOUND', 'there is no execution none');
    return {
      ...executionView(id),
      strategy: { name: 'react', version: 1 },
      model: 'local/rules',
      input: 'hello',
      timeline: [
        {
          key: '1',
          kind: 'tool',
          name: 'now',
          status: 'completed',
          effect: 'read',
          input: {},
          output: [1, null, { deep: ['x'] }],
          attempts: 1,
          startedAt: AT,
          inherited: false,
        },
      ],
    };
  };
  return {
    executions: {
      fork: async (_context, id, { at }) => {
        if (at === '99') throw new AppError('STEP_NOT_FOUND', 'there is no step 99');
        return executionView('exec_fork', { forkOf: id, primary: false });
      },
      cancel: async (_context, id) => {
        if (id !== 'exec_fork') throw new AppError('EXECUTION_IS_PRIMARY', `execution ${id} decides its task's state`);
        return executionView(id, { primary: false });
      },
      replay: async (_context, id) => ({
        executionId: id,
        equal: true,
        deterministic: true,
        events: 3,
        steps: 1,
        modelCalls: 0,
        toolCalls: 0,
        stateHash: '0'.repeat(64),
        differences: [],
      }),
    },
    executionQueries: {
      get: async (_context, id) => detail(id),
      list: async () => ({ items: [executionView('exec_1'), ...forks] }),
      events: async () => ({ items: [] }),
    },
  };
}

function memoryUsage(): RestServices['usageQueries'] {
  const executions = { started: 3, completed: 1, failed: 1, canceled: 0 };
  const amounts = {
    modelCalls: 12,
    inputTokens: 1_234_567,
    outputTokens: 890,
    cachedInputTokens: 4,
    reasoningTokens: 5,
  };
  return {
    report: async (_context, { groupBy, agent, from = '2026-01-01', to = '2026-01-30' }) => {
      const counted = { ...amounts, failedModelCalls: agent === undefined ? 0 : 2, cost: 0.0123 };
      const keys = { day: to, agent: 'librarian', version: 7, model: 'local/rules' };
      const { day, model, ...ofAgent } = keys;
      const key = { day: { day }, agent: { agent: ofAgent.agent }, version: ofAgent, model: { model } }[groupBy];
      return {
        from,
        to,
        groupBy,
        asOf: { position: '42', time: AT },
        items: agent === 'nobody' ? [] : [{ ...key, ...counted, ...(groupBy === 'model' ? {} : { executions }) }],
        total: { ...counted, executions },
      };
    },
  };
}

function memoryAgents(): RestAgents {
  const agents = new Map<string, Revised<AgentView>>();
  const find = (name: string, ifRevision?: number): Revised<AgentView> => {
    const found = agents.get(name);
    if (found === undefined) throw new AppError('AGENT_NOT_FOUND', `there is no agent ${name}`);
    if (ifRevision !== undefined && ifRevision !== found.revision) {
      throw new AppError('CONCURRENCY_CONFLICT', `${name} is at ${found.revision}`);
    }
    return found;
  };
  const put = (definition: AgentDefinition, before?: Revised<AgentView>): Revised<AgentView> => {
    const version = (before?.view.version ?? 0) + 1;
    const { name, description, tags, capabilities } = definition;
    const times = { createdAt: AT, updatedAt: AT };
    const view: AgentView = {
      name,
      description,
      tags,
      capabilities,
      version,
      definition,
      ...times,
      status: 'enabled',
      aliases: { live: version },
    };
    const revised = { view, revision: (before?.revision ?? 0) + 1 };
    agents.set(name, revised);
    return revised;
  };
  const change = (name: string, ifRevision: number | undefined, view: Partial<AgentView>): Revised<AgentView> => {
    const before = find(name, ifRevision);
    const revised = { view: { ...before.view, ...view }, revision: before.revision + 1 };
    agents.set(name, revised);
    return revised;
  };
  const summary = ({ view }: Revised<AgentView>) => {
    const { definition: _, ...rest } = view;
    return rest;
  };
  const version = (name: string) => ({
    name,
    version: 1,
    hash: 'f'.repeat(64),
    aliases: ['live'],
    createdAt: AT,
    createdBy: 'x',
  });
  return {
    create: async (_context, definition) => {
      if (agents.has(definition.name)) throw new AppError('AGENT_EXISTS', `${definition.name} exists`);
      return put(definition);
    },
    list: async () => ({ items: [...agents.values()].map(summary) }),
    get: async (_context, name) => find(name),
    update: async (_context, { name, definition, ifRevision }) => put(definition, find(name, ifRevision)),
    delete: async (_context, { name, ifRevision }) => {
      find(name, ifRevision);
      agents.delete(name);
    },
    versions: async (_context, name) => ({ items: [version(find(name).view.name)] }),
    version: async (_context, name) => ({ ...version(name), definition: find(name).view.definition }),
    diff: async (_context, name) => ({
      name: find(name).view.name,
      from: 1,
      to: 2,
      changes: [{ path: 'model', op: 'changed', before: 'a/b', after: 'c/d' }],
    }),
    setAlias: async (_context, { name, alias, version: to, ifRevision }) =>
      change(name, ifRevision, { aliases: { live: 1, [alias]: to } }),
    deleteAlias: async (_context, { name }) => {
      change(name, undefined, { aliases: { live: 1 } });
    },
    disable: async (_context, { name, ifRevision }) => change(name, ifRevision, { status: 'disabled' }),
    enable: async (_context, { name, ifRevision }) => change(name, ifRevision, { status: 'enabled' }),
  };
}

function memoryKeys(): RestKeys {
  const key: KeyView = {
    id: 'key1',
    name: 'ci',
    prefix: 'pygent_abc',
    role: 'viewer',
    scopes: [],
    createdBy: 'x',
    createdAt: AT,
  };
  return {
    create: async (_context, { name, role }) => ({ ...key, name, role, key: 'pygent_abc_secret' }),
    list: async () => ({ items: [key] }),
    revoke: async (_context, id) => {
      if (id !== 'key1') throw new AppError('KEY_NOT_FOUND', `there is no key ${id}`);
    },
  };
}
