import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { AgentDefinition, ResolveTask, SubmitTask, TaskView } from '#contract';

import type { Strategy } from '../core/reasoning/index.ts';
import type { Tool } from '../core/tools/index.ts';
import type { LogLevel } from '../kernel/log-level.ts';
import type { FactoryParts } from '../roles/factory-parts.ts';

export interface FactoryOptions {
  /** Folder of the embedded database and the files; DATA_DIR of the environment, else `.pygent`. */
  readonly dataDir?: string;
  /** A PostgreSQL to use instead of the embedded one; DATABASE_URL of the environment unless given. */
  readonly databaseUrl?: string;
  readonly tools?: readonly Tool[];
  /** Created, or made a new version of where the definition changed. */
  readonly agents?: readonly AgentDefinition[];
  readonly strategies?: readonly Strategy[];
  /** Models of the AI SDK's provider interface, by the prefix under which agents name them: `mine/some-model`. */
  readonly providers?: Readonly<Record<string, (modelId: string) => LanguageModelV4>>;
  /** `provider/model` for agents that name none. */
  readonly defaultModel?: string;
  /** Executions at once; 64 unless given. */
  readonly concurrency?: number;
  /** How much is logged to standard error; `warn` unless given. */
  readonly logLevel?: LogLevel;
}

export type RunOptions = Omit<SubmitTask, 'agent' | 'input'> & {
  /** Cancels the task when it is aborted. */
  readonly signal?: AbortSignal;
};

export interface RunResult {
  /** The answer; empty where the task waits for a person. */
  readonly text: string;
  readonly task: TaskView;
}

/** A factory inside a program: the durable runtime with no server in front. */
export interface Factory extends AsyncDisposable {
  /**
   * Gives an agent a task and waits for its end, or until it waits for a person (`task.state` is
   * `input-required` then, and `task.waiting` says for what).
   * @param agent `name`, `name@version` or `name@alias`
   * @throws AppError with the task's own code where it failed or was canceled; VALIDATION_FAILED, AGENT_NOT_FOUND, …
   */
  run(agent: string, input: string, options?: RunOptions): Promise<RunResult>;
  /** Submits a task and answers as soon as it is on disk. */
  submit(agent: string, input: string, options?: Omit<RunOptions, 'signal'>): Promise<TaskView>;
  /** The task when it has ended or waits for a person. @throws AppError TASK_NOT_FOUND */
  wait(taskId: string): Promise<TaskView>;
  /** Settles what a task waits for. @throws AppError TASK_NOT_WAITING, VALIDATION_FAILED */
  resolve(taskId: string, decision: ResolveTask): Promise<TaskView>;
  /** @throws AppError TASK_FINISHED */
  cancel(taskId: string, reason?: string): Promise<TaskView>;
  /** The parts underneath: registry, queries, event log. */
  readonly parts: FactoryParts;
  /** Lets steps under way end, hands the rest over to the next start, and closes the database. */
  close(): Promise<void>;
}
