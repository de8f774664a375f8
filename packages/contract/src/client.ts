import { followLog, followTask, type FollowOptions } from './event-streams.ts';
import type { AgentDefinitionInput } from './agents.ts';
import type { CreateKey } from './keys.ts';
import type { RouteQuery } from './routes.ts';
import type { ForkExecution } from './executions.ts';
import type { ResolveTask, SubmitTask } from './tasks.ts';
import { createTransport, type CallOptions, type ClientOptions, type Transport } from './transport.ts';

/* oxlint-disable max-params -- a method reads as which, with what, how; the last is mostly left out */
/** The typed client of the REST API. */
export type Client = ReturnType<typeof createClient>;

/**
 * A client of a running factory. Every method answers with the body as the contract types it and
 * throws `ApiError` with the server's problem details; methods that change an agent take its ETag
 * as `ifMatch`. `call` reaches any route by its name, with ETag and Location beside the body.
 */
export function createClient(options: ClientOptions) {
  const transport = createTransport(options);
  return {
    call: transport.call,
    agents: agentMethods(transport),
    tasks: taskMethods(transport),
    executions: executionMethods(transport),
    keys: keyMethods(transport),
    conversations: {
      get: async (id: string, query: RouteQuery<'conversations.get'> = {}, call?: CallOptions) =>
        (await transport.call('conversations.get', { params: { id }, query }, call)).body,
    },
    usage: {
      get: async (query: RouteQuery<'usage.get'> = {}, call?: CallOptions) =>
        (await transport.call('usage.get', { query }, call)).body,
    },
    tools: { list: async (call?: CallOptions) => (await transport.call('tools.list', {}, call)).body },
    models: { list: async (call?: CallOptions) => (await transport.call('models.list', {}, call)).body },
    events: {
      list: async (query: RouteQuery<'events.list'> = {}, call?: CallOptions) =>
        (await transport.call('events.list', { query }, call)).body,
      /** Follows the log as it grows; from now unless `after` is given. */
      tail: (follow: FollowOptions & { readonly stream?: string | undefined } = {}) => followLog(transport, follow),
    },
    system: {
      get: async (call?: CallOptions) => (await transport.call('system.get', {}, call)).body,
      live: async (call?: CallOptions) => (await transport.call('health.live', {}, call)).body,
      ready: async (call?: CallOptions) => (await transport.call('health.ready', {}, call)).body,
      deep: async (call?: CallOptions) => (await transport.call('health.deep', {}, call)).body,
    },
  };
}

function agentMethods({ call }: Transport) {
  return {
    create: async (body: AgentDefinitionInput, options?: CallOptions) =>
      (await call('agents.create', { body }, options)).body,
    list: async (query: RouteQuery<'agents.list'> = {}, options?: CallOptions) =>
      (await call('agents.list', { query }, options)).body,
    get: async (name: string, options?: CallOptions) => (await call('agents.get', { params: { name } }, options)).body,
    update: async (name: string, body: AgentDefinitionInput, options?: CallOptions) =>
      (await call('agents.update', { params: { name }, body }, options)).body,
    delete: async (name: string, options?: CallOptions) => {
      await call('agents.delete', { params: { name } }, options);
    },
    versions: async (name: string, query: RouteQuery<'agents.versions'> = {}, options?: CallOptions) =>
      (await call('agents.versions', { params: { name }, query }, options)).body,
    version: async (name: string, version: number, options?: CallOptions) =>
      (await call('agents.version', { params: { name, version } }, options)).body,
    diff: async (name: string, query: RouteQuery<'agents.diff'>, options?: CallOptions) =>
      (await call('agents.diff', { params: { name }, query }, options)).body,
    setAlias: async (name: string, { alias, version }: { alias: string; version: number }, options?: CallOptions) =>
      (await call('agents.setAlias', { params: { name, alias }, body: { version } }, options)).body,
    deleteAlias: async (name: string, alias: string, options?: CallOptions) => {
      await call('agents.deleteAlias', { params: { name, alias } }, options);
    },
    disable: async (name: string, options?: CallOptions) =>
      (await call('agents.disable', { params: { name } }, options)).body,
    enable: async (name: string, options?: CallOptions) =>
      (await call('agents.enable', { params: { name } }, options)).body,
  };
}

function taskMethods(transport: Transport) {
  const { call } = transport;
  return {
    submit: async (body: SubmitTask, options?: CallOptions) => (await call('tasks.submit', { body }, options)).body,
    list: async (query: RouteQuery<'tasks.list'> = {}, options?: CallOptions) =>
      (await call('tasks.list', { query }, options)).body,
    get: async (id: string, options?: CallOptions) => (await call('tasks.get', { params: { id } }, options)).body,
    cancel: async (id: string, body: { reason?: string } = {}, options?: CallOptions) =>
      (await call('tasks.cancel', { params: { id }, body }, options)).body,
    resolve: async (id: string, body: ResolveTask, options?: CallOptions) =>
      (await call('tasks.resolve', { params: { id }, body }, options)).body,
    /** Follows the task to its end, over broken connections, without a gap or a duplicate. */
    events: (id: string, follow: FollowOptions = {}) => followTask(transport, id, follow),
  };
}

function executionMethods({ call }: Transport) {
  return {
    list: async (query: RouteQuery<'executions.list'> = {}, options?: CallOptions) =>
      (await call('executions.list', { query }, options)).body,
    get: async (id: string, options?: CallOptions) => (await call('executions.get', { params: { id } }, options)).body,
    events: async (id: string, query: RouteQuery<'executions.events'> = {}, options?: CallOptions) =>
      (await call('executions.events', { params: { id }, query }, options)).body,
    fork: async (id: string, body: ForkExecution, options?: CallOptions) =>
      (await call('executions.fork', { params: { id }, body }, options)).body,
    /** Asks a fork to end; its status is `canceled` when it has. */
    cancel: async (id: string, body: { reason?: string } = {}, options?: CallOptions) =>
      (await call('executions.cancel', { params: { id }, body }, options)).body,
    replay: async (id: string, options?: CallOptions) =>
      (await call('executions.replay', { params: { id } }, options)).body,
  };
}

function keyMethods({ call }: Transport) {
  return {
    /** The only answer that ever holds the secret. */
    create: async (body: CreateKey, options?: CallOptions) => (await call('keys.create', { body }, options)).body,
    list: async (query: RouteQuery<'keys.list'> = {}, options?: CallOptions) =>
      (await call('keys.list', { query }, options)).body,
    revoke: async (id: string, options?: CallOptions) => {
      await call('keys.revoke', { params: { id } }, options);
    },
  };
}
