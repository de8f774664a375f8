import { resolve } from 'node:path';

import type { SubmitTask } from '#contract';

import type { Surroundings } from './surroundings.ts';

/** The options of a command that submits a task. */
export interface TaskOptions {
  readonly agent: string;
  readonly documents?: string;
  readonly model?: string;
  readonly conversation?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly maxSteps?: number;
  readonly maxTokens?: number;
  readonly maxSeconds?: number;
  readonly stepSeconds?: number;
}

/** The request for the API; a folder of documents begins in the current folder. */
export function taskRequest(
  { folder }: Pick<Surroundings, 'folder'>,
  options: TaskOptions & { readonly input: string },
): SubmitTask {
  const limits = defined({
    steps: options.maxSteps,
    tokens: options.maxTokens,
    wallTimeSeconds: options.maxSeconds,
    stepTimeoutSeconds: options.stepSeconds,
  });
  return defined({
    agent: options.agent,
    input: options.input,
    conversationId: options.conversation,
    model: options.model,
    strategyParameters: options.parameters as SubmitTask['strategyParameters'],
    limits: Object.keys(limits).length === 0 ? undefined : limits,
    documents: options.documents === undefined ? undefined : { folder: resolve(folder, options.documents) },
  });
}

type Defined<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** Without what is undefined: the API takes an absent field, and no null. */
function defined<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([, item]: [string, unknown]) => item !== undefined),
  ) as Defined<Value>;
}
