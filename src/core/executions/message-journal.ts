import type { Message, ToolCallPart } from '../../kernel/ports/language-model.ts';
import type { ModelStepInput, ToolStepInput } from './execution-events.ts';

const INITIAL = 'initial';

/**
 * Where the messages of an execution stand in its journal, so that a step's input is written down
 * as references and a run of n steps costs n times a step, not n² of them. Messages that came from
 * elsewhere are written in full.
 */
export class MessageJournal {
  readonly #initial: readonly Message[];
  readonly #messages = new WeakMap<Message, string>();
  readonly #calls = new WeakMap<ToolCallPart, string>();

  constructor(initial: readonly Message[]) {
    this.#initial = initial;
    for (const [index, message] of initial.entries()) this.#messages.set(message, `${INITIAL}:${index}`);
  }

  /** Remembers that a step made the message. */
  made(message: Message, step: string): void {
    this.#messages.set(message, step);
    if (message.role !== 'assistant') return;
    for (const [index, part] of message.content.entries()) {
      if (part.type === 'tool-call') this.#calls.set(part, `${step}#${index}`);
    }
  }

  /** What a model step was given, as a difference to the model step before it. */
  describe(messages: readonly Message[], previous: PreviousModelStep | undefined): ModelStepInput {
    if (previous !== undefined && startsWith(messages, previous.messages)) {
      return { from: previous.key, add: this.#references(messages.slice(previous.messages.length)) };
    }
    if (this.#initial.length > 0 && startsWith(messages, this.#initial)) {
      return { add: [INITIAL, ...this.#references(messages.slice(this.#initial.length))] };
    }
    return { add: this.#references(messages) };
  }

  describeCall(call: ToolCallPart): ToolStepInput {
    const place = this.#calls.get(call);
    return place === undefined ? { arguments: call.arguments } : { call: place };
  }

  #references(messages: readonly Message[]): (string | Message)[] {
    return messages.map((message) => this.#messages.get(message) ?? message);
  }
}

/** The model step before, in the same line of calls. */
export interface PreviousModelStep {
  readonly key: string;
  readonly messages: readonly Message[];
}

function startsWith(messages: readonly Message[], start: readonly Message[]): boolean {
  return messages.length >= start.length && start.every((message, index) => messages[index] === message);
}
