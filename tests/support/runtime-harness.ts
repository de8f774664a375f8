import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { AgentDefinitionInput, ExecutionDetail, TaskView } from '#contract';
import { z } from 'zod';

import {
  createFactory,
  defineAgent,
  defineTool,
  type ExecutionContext,
  type Factory,
  type FactoryOptions,
  type FunctionInput,
  type Strategy,
  type Tool,
  type ToolContext,
} from '../../src/index.ts';
import { systemContext } from '../../src/kernel/call-context.ts';
import type { RecordedEvent } from '../../src/kernel/event.ts';
import { newWorkerId } from '../../src/kernel/ids.ts';
import type { AppendRequest } from '../../src/kernel/ports/event-store.ts';
import type { JsonValue } from '../../src/utils/json.ts';
import { type Script, ScriptedModels } from './scripted-model.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

/** The whole answer of a program is this text, or JSON of it. */
export type Program = (context: ExecutionContext, input: FunctionInput) => Promise<JsonValue | void>;

export interface ToolScript {
  readonly effect?: Tool['effect'];
  readonly execute?: (input: { readonly value?: unknown }, context: ToolContext) => unknown;
  readonly reconcile?: NonNullable<Tool['reconcile']>;
  readonly timeoutMilliseconds?: number;
  readonly attempts?: number;
}

export const CONTEXT = systemContext();

/**
 * One database and everything a program brings along: models, tools and programs, which outlive
 * the factories opened over them. Opened factories hear what is new at once.
 */
export class Runtime {
  readonly database: TestDatabase;
  readonly models = new ScriptedModels();
  /** Calls of tools by name, each with what it was told. */
  readonly calls = new Map<string, { readonly input: { readonly value?: unknown }; readonly context: ToolContext }[]>();
  readonly #folder: string;
  readonly #tools = new Map<string, Tool>();
  readonly #programs = new Map<string, Program>();
  readonly #open = new Set<Factory>();
  readonly #unhandled: unknown[] = [];
  readonly #onUnhandled = (reason: unknown): void => void this.#unhandled.push(reason);
  #named = 0;

  private constructor(database: TestDatabase, folder: string) {
    this.database = database;
    this.#folder = folder;
    process.on('unhandledRejection', this.#onUnhandled);
  }

  static async create(): Promise<Runtime> {
    return new Runtime(await createTestDatabase(), await mkdtemp(join(tmpdir(), 'pygent-runtime-')));
  }

  /** A factory over the database, with all tools so far. */
  async open(options: FactoryOptions = {}): Promise<Factory> {
    // What is under way when a factory closes is let go at once.
    process.env['DRAIN_SECONDS'] = '0';
    const factory = await createFactory({
      databaseUrl: urlOf(this.database),
      dataDir: this.#folder,
      logLevel: 'silent',
      providers: { scripted: this.models.provider },
      strategies: [this.#programStrategy()],
      tools: [...this.#tools.values()],
      ...options,
    });
    this.#open.add(factory);
    return factory;
  }

  /** Registers a tool in every open factory and in those to come; answers its name. */
  tool(script: ToolScript = {}, name = this.#name('tool')): string {
    const { execute = () => 'ok', effect = 'read', ...rest } = script;
    const calls: { readonly input: { readonly value?: unknown }; readonly context: ToolContext }[] = [];
    this.calls.set(name, calls);
    const tool = defineTool({
      name,
      description: `The tool ${name}.`,
      effect,
      parameters: z.strictObject({ value: z.json().optional() }),
      execute: (input, context) => {
        calls.push({ input, context });
        return execute(input, context);
      },
      ...rest,
    });
    this.#tools.set(name, tool);
    for (const factory of this.#open) factory.parts.tools.register(tool);
    return name;
  }

  /** Takes a tool away from the factories that are opened from now on, or puts another in its place. */
  replaceTool(name: string, tool?: Tool): void {
    if (tool === undefined) this.#tools.delete(name);
    else this.#tools.set(name, tool);
  }

  /** How often a tool was called. */
  count(tool: string): number {
    return this.calls.get(tool)?.length ?? 0;
  }

  /** Makes an agent over a scripted model; answers its name. */
  async agent(factory: Factory, script: Script, definition: Partial<AgentDefinitionInput> = {}): Promise<string> {
    const name = definition.name ?? this.#name('agent');
    const model = this.models.add(script);
    await factory.parts.agents.create(CONTEXT, defineAgent({ model, ...definition, name }));
    return name;
  }

  /** Makes an agent that runs a program. */
  async program(
    factory: Factory,
    program: Program,
    definition: Partial<AgentDefinitionInput> & { readonly script?: Script } = {},
  ): Promise<string> {
    const id = this.#name('program');
    this.#programs.set(id, program);
    const { script = () => ({ text: 'said' }), ...rest } = definition;
    return this.agent(factory, script, {
      ...rest,
      strategy: { name: 'program', parameters: { id } },
    });
  }

  /** What the agent runs from now on: its author changed the code. */
  changeProgram(factory: Factory, agent: string, program: Program): Promise<void> {
    return factory.parts.directory.resolve(CONTEXT.tenantId, agent).then(({ definition }) => {
      this.#programs.set(definition.strategy.parameters['id'] as string, program);
    });
  }

  #programStrategy(): Strategy {
    return {
      name: 'program',
      version: 1,
      description: 'Runs a function of the test.',
      parseParameters: (parameters) => parameters,
      run: async (context, input) => {
        const program = this.#programs.get(input.parameters['id'] as string);
        if (program === undefined) throw new Error('there is no such program');
        const answer = (await program(context, input)) ?? null;
        return { content: [{ type: 'text', text: typeof answer === 'string' ? answer : JSON.stringify(answer) }] };
      },
    };
  }

  /**
   * The process of the factory dies: from now on nothing of it reaches the database, what it holds
   * stays claimed, and the next factory finds it dead.
   */
  async crash(factory: Factory): Promise<void> {
    const { eventStore, jobQueue } = factory.parts;
    const dead: Record<string, () => Promise<unknown>> = {
      claim: async () => ({ taken: [], again: [] }),
      release: async () => undefined,
      heartbeat: async () => undefined,
      recover: async () => 0,
      leave: async () => undefined,
      enqueue: async () => undefined,
    };
    Object.assign(eventStore, { append: () => Promise.reject(new Error('the process is dead')) });
    Object.assign(jobQueue, dead);
    await this.database.pool.query('DELETE FROM workers');
    await this.close(factory);
  }

  /** Hands everything over, as a deploy does. */
  async close(factory: Factory): Promise<void> {
    this.#open.delete(factory);
    await factory.close();
  }

  /** Makes all executions due that somebody holds, as if their workers were found dead. */
  async takeOver(factory: Factory): Promise<void> {
    await factory.parts.jobQueue.recover({ id: newWorkerId(), host: 'elsewhere', pid: 1 }, { soleOwner: true });
  }

  /** Closes all factories and drops the database; a promise that nobody handled fails the test. */
  async end(): Promise<void> {
    for (const factory of this.#open) await factory.close();
    await new Promise(setImmediate);
    process.off('unhandledRejection', this.#onUnhandled);
    await this.database.close();
    await rm(this.#folder, { recursive: true, force: true });
    if (this.#unhandled.length > 0)
      throw new AggregateError(this.#unhandled, 'promises were rejected and nobody heard');
  }

  #name(kind: string): string {
    this.#named += 1;
    return `${kind}-${this.#named}`;
  }
}

/** Runs a test with a runtime and one factory of its own, and closes both. */
export async function inRuntime(test: (runtime: Runtime, factory: Factory) => Promise<void>): Promise<void> {
  const runtime = await Runtime.create();
  try {
    await test(runtime, await runtime.open());
  } finally {
    await runtime.end();
  }
}

/** Puts a test between the callers of a method and the method; answers how to take it out again. */
export function intercept<Target extends object, Key extends keyof Target>(
  target: Target,
  key: Key,
  between: (original: Target[Key]) => Target[Key],
): () => void {
  const original = target[key];
  Object.assign(target, { [key]: between(original) });
  return () => void Object.assign(target, { [key]: original });
}

/** Has everything that begins in this factory go through the queue; answers how to end that. */
export function throughQueue(factory: Factory): () => void {
  return intercept(factory.parts.jobQueue, 'reserve', () => () => undefined);
}

/** Keeps a factory from taking executions up; answers how to let it. */
export function stopClaiming(factory: Factory): () => void {
  const stops = [
    throughQueue(factory),
    intercept(factory.parts.jobQueue, 'claim', () => async () => ({ taken: [], again: [] })),
  ];
  return () => stops.forEach((stop) => stop());
}

/** Whether an append stores an event of the type. */
export function stores(request: AppendRequest, type: string): boolean {
  return request.streams.some(({ events }) => events.some((event) => event.type === type));
}

/** The connection as a URL; a socket folder goes into the query. */
export function urlOf({ connection }: TestDatabase): string {
  if (connection.connectionString !== undefined) return connection.connectionString;
  const { user, password, port, database } = connection;
  const host = encodeURIComponent(String(connection.host));
  return `postgres://${user}:${String(password)}@localhost:${port}/${database}?host=${host}`;
}

/** The execution of a task that decides its state, with its timeline. */
export async function detailOf(factory: Factory, task: Pick<TaskView, 'executionId'>): Promise<ExecutionDetail> {
  return factory.parts.executionQueries.get(CONTEXT, task.executionId ?? '');
}

/** Keys, kinds, names and statuses of the steps, in the order of the program. */
export function stepsOf(detail: ExecutionDetail): readonly string[] {
  return detail.timeline.map(({ key, kind, name, status }) => `${key} ${kind} ${name} ${status}`);
}

/** Events of an execution, or of any stream. */
export function eventsOf(factory: Factory, stream: string): Promise<readonly RecordedEvent[]> {
  return factory.parts.eventStore.readStream(stream.includes('-') ? stream : `execution-${stream}`);
}

/** Resolves with the first event that fits and is recorded by this factory from now on. */
export function recorded(
  factory: Factory,
  type: string,
  fits: (event: RecordedEvent) => boolean = () => true,
): Promise<RecordedEvent> {
  return new Promise((resolve) => {
    const stop = factory.parts.eventBus.onRecorded((events) => {
      const found = events.find((event) => event.type === type && fits(event));
      if (found === undefined) return;
      stop();
      resolve(found);
    });
  });
}

/** The task when it has ended, whatever it waited for in between. */
export async function ended(factory: Factory, taskId: string): Promise<TaskView> {
  for (;;) {
    const next = new Promise<void>((resolve) => {
      const stop = factory.parts.eventBus.onRecorded((events) => {
        if (!events.some((event) => event.streamId === `task-${taskId}`)) return;
        stop();
        resolve();
      });
    });
    const task = await factory.wait(taskId);
    if (task.state !== 'input-required') return task;
    await next;
  }
}

/** What a run failed with, as `CODE: message`. */
export async function failureOf(running: Promise<unknown>): Promise<string> {
  try {
    await running;
    return 'it did not fail';
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${String(error.code)}: ${error.message}` : String(error);
  }
}
