import type { ToolCallPart } from '../../kernel/ports/language-model.ts';
import { canonicalJson, type JsonValue } from '../../utils/json.ts';
import type { ToolStepResult } from '../executions/index.ts';

/** Counts calls that are made again with the same arguments and give the same. */
export class RepeatedCalls {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();
  #reason: string | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Why it is no use to go on; undefined as long as it may be. */
  get reason(): string | undefined {
    return this.#reason;
  }

  see(call: ToolCallPart, result: ToolStepResult | undefined): void {
    if (result === undefined) return;
    const outcome: JsonValue = result.error === undefined ? result.output : { code: result.error.code };
    const key = `${call.name}\n${canonicalJson(call.arguments)}\n${canonicalJson(outcome)}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count >= this.#limit) {
      this.#reason ??= `${call.name} was called ${count} times with the same arguments and gave the same each time.`;
    }
  }
}
