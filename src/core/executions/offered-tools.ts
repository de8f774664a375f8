import type { ToolDescription } from '../../kernel/ports/language-model.ts';
import type { Activation } from './activation.ts';
import { describeDelegate } from './task-step.ts';

/** The tools of the agent: the same ones at every run of the function, whatever became of them since. */
export function describeTools({ options }: Activation): readonly ToolDescription[] {
  const { started, services } = options;
  return [
    ...Object.keys(started.tools).map((name) =>
      services.tools.has(name)
        ? services.tools.describe(name)
        : { name, description: 'Not registered any more.', parameters: { type: 'object' } },
    ),
    ...(started.delegates ?? []).map((delegate) => describeDelegate(delegate)),
  ];
}

/** What a model is offered of them: a tool that is gone or changed since the execution began could only fail. */
export function callableTools(
  { options }: Activation,
  offered: readonly ToolDescription[],
): readonly ToolDescription[] {
  const { started, services } = options;
  return offered.filter(({ name }) => {
    const pinned = started.tools[name];
    return pinned === undefined || (services.tools.has(name) && services.tools.schemaHash(name) === pinned);
  });
}
