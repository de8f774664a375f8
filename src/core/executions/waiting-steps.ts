import { AppError } from '../../kernel/errors.ts';
import type { JsonObject, JsonValue } from '../../utils/json.ts';
import { type Activation, recordedError } from './activation.ts';
import type { Approval, ApprovalRequest } from './execution-context.ts';
import type { StepState } from './execution.ts';

const LONGEST_SLEEP_MILLISECONDS = 10 * 366 * 86_400_000;

/** Waits until a time that is written down when the step begins. */
export async function sleepStep(
  activation: Activation,
  { key, milliseconds }: { readonly key: string; readonly milliseconds: number },
): Promise<void> {
  if (!(milliseconds >= 0 && milliseconds <= LONGEST_SLEEP_MILLISECONDS)) {
    throw new AppError(
      'VALIDATION_FAILED',
      `sleep: ${milliseconds} is not a time from 0 to ten years, in milliseconds`,
    );
  }
  const input = { milliseconds };
  const held = activation.recall(key, { kind: 'timer', name: 'sleep', input });
  if (held?.status === 'completed') return;
  const until =
    held?.until === undefined
      ? await begin(activation, { key, kind: 'timer', name: 'sleep', input, milliseconds })
      : new Date(held.until);
  await activation.waitFor({
    key,
    until,
    check: async () => {
      if (activation.now() < until) return undefined;
      complete(activation, key, null);
      return true;
    },
  });
}

/** Waits for a person to approve or reject; the task is input-required meanwhile. */
export async function approvalStep(
  activation: Activation,
  { key, request }: { readonly key: string; readonly request: ApprovalRequest },
): Promise<Approval> {
  const input: JsonObject = {
    question: request.question,
    ...(request.details === undefined ? {} : { details: request.details }),
  };
  const held = activation.recall(key, { kind: 'approval', name: 'approval', input });
  if (held?.status === 'completed') return held.output as unknown as Approval;
  if (held?.status === 'failed') throw recordedError(held.error);
  if (held === undefined || held.inherited) {
    await activation.perform(key, () =>
      activation.journal.now(
        {
          type: 'StepWaiting',
          data: { key, kind: 'approval', name: 'approval', input, startedAt: activation.now().toISOString() },
        },
        () => ({ task: activation.inputRequired() }),
      ),
    );
  }
  return activation.waitFor({
    key,
    check: async () => {
      const decision = activation.decision(key);
      if (decision === undefined) return undefined;
      const approval: Approval = {
        approved: decision.decision === 'approve',
        by: decision.by,
        ...(decision.comment === undefined ? {} : { comment: decision.comment }),
      };
      complete(activation, key, approval as unknown as JsonObject);
      return approval;
    },
  });
}

interface Beginning {
  readonly key: string;
  readonly kind: 'timer';
  readonly name: string;
  readonly input: JsonObject;
  readonly milliseconds: number;
}

async function begin(activation: Activation, { key, milliseconds, ...about }: Beginning): Promise<Date> {
  return activation.perform(key, async () => {
    const startedAt = activation.now();
    const until = new Date(startedAt.getTime() + milliseconds);
    await activation.journal.now({
      type: 'StepWaiting',
      data: { key, ...about, startedAt: startedAt.toISOString(), until: until.toISOString() },
    });
    return until;
  });
}

/** The end of a wait, with the time from its beginning. */
// oxlint-disable-next-line max-params -- which step of which activation, and with what
export function complete(activation: Activation, key: string, output: JsonValue): void {
  const step: StepState | undefined = activation.journal.state.steps.get(key);
  const since = Date.parse(step?.startedAt ?? '');
  const durationMilliseconds = Number.isNaN(since) ? 0 : Math.max(0, activation.now().getTime() - since);
  activation.journal.later({ type: 'StepCompleted', data: { key, durationMilliseconds, output } });
}
