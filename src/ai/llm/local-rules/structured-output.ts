import type { JsonObject, JsonValue } from '../../../utils/json.ts';
import { readRequest } from './reading.ts';
import { fillSlots } from './slot-filling.ts';
import { slotsOf } from './tool-view.ts';

export interface StructuredOutput {
  readonly value: JsonObject;
  /** Required members that the text gives nothing for; they are left out of the value. */
  readonly missing: readonly string[];
}

interface StructuredInput {
  readonly schema: JsonObject;
  /** The text the values are read from. */
  readonly text: string;
  /** What Local Rules would answer in words, for a member that asks for an answer. */
  readonly answer: string;
  readonly today: Date;
}

const ANSWER_MEMBER = /^(?:answer|response|reply|summary|explanation|reason|reasoning|output|result)$/iu;

/** Fills a JSON Schema from a text, by the rules that fill the arguments of tools. */
export function fillSchema({ schema, text, answer, today }: StructuredInput): StructuredOutput {
  const slots = slotsOf(schema, 0);
  const inWords = slots.filter((slot) => slot.type === 'string' && !slot.closed && ANSWER_MEMBER.test(slot.name));
  const rest = slots.filter((slot) => !inWords.includes(slot));
  const filling = fillSlots({ slots: rest, reading: readRequest(text, today), toolStems: new Set() });
  const answers = Object.fromEntries(inWords.map((slot): [string, JsonValue] => [slot.name, answer]));
  return { value: { ...filling.values, ...answers }, missing: filling.missing.map((slot) => slot.name) };
}
