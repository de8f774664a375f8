import { compactValue, isRecord } from './compact-value.ts';

/** What a step was given, on one line; empty where there is nothing to say. */
export function inputSummary(
  { kind, input }: { readonly kind: string; readonly input: unknown },
  width: number,
): string {
  if (kind === 'model') return modelInput(isRecord(input) ? input['messages'] : input, width);
  if (!isRecord(input)) return input === undefined || input === null ? '' : compactValue(input, width);
  if (isRecord(input['arguments'])) return compactValue(input['arguments'], width);
  if (kind === 'task' && typeof input['input'] === 'string') return compactValue(input['input'], width);
  if (kind === 'approval' && typeof input['question'] === 'string') return compactValue(input['question'], width);
  return compactValue(input, width);
}

/** What a step gave, on one line, without what it only repeats of its input. */
export function outputSummary(
  { kind, input, output }: { readonly kind: string; readonly input?: unknown; readonly output?: unknown },
  width: number,
): string {
  if (output === undefined) return '';
  if (!isRecord(output)) return compactValue(output, width);
  return kind === 'model' ? modelOutput(output, width) : compactValue(withoutEcho(output, input), width);
}

function withoutEcho(output: Readonly<Record<string, unknown>>, input: unknown): Readonly<Record<string, unknown>> {
  const given = isRecord(input) && isRecord(input['arguments']) ? input['arguments'] : input;
  if (!isRecord(given)) return output;
  const rest = Object.entries(output).filter(([key, value]) => typeof value === 'object' || given[key] !== value);
  return rest.length === 0 ? output : Object.fromEntries(rest);
}

/** Whether a model step asked for tools instead of answering. */
export function callsTools({ output }: { readonly output?: unknown }): boolean {
  return isRecord(output) && partsOf(output['content']).some((part) => part['type'] === 'tool-call');
}

/** The last message is what a model step is about: the ones before it were there already. */
function modelInput(given: unknown, width: number): string {
  const messages: readonly unknown[] = Array.isArray(given) ? given : [];
  const last = messages.at(-1);
  if (!isRecord(last)) return '';
  const count = messages.length === 1 ? '1 message' : `${messages.length} messages`;
  return compactValue(`${count}, last from ${String(last['role'])}: ${contentText(last['content'])}`, width);
}

function modelOutput(output: Readonly<Record<string, unknown>>, width: number): string {
  const parts = partsOf(output['content']);
  const calls = parts
    .filter((part) => part['type'] === 'tool-call')
    .map((part) => `${String(part['name'])}(${callArguments(part, width)})`);
  if (calls.length > 0) return compactValue(`calls ${calls.join(', ')}`, width);
  return compactValue(contentText(output['content']), width);
}

function callArguments(part: Readonly<Record<string, unknown>>, width: number): string {
  return typeof part['unparsed'] === 'string' ? part['unparsed'] : compactValue(part['arguments'], width);
}

/** The text in a message's content: text parts, and results of tools. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return partsOf(content)
    .map((part) => {
      if (part['type'] === 'text') return String(part['text']);
      if (part['type'] === 'tool-result') return `${String(part['name'])}: ${compactValue(part['result'], 200)}`;
      return part['type'] === 'tool-call' ? `calls ${String(part['name'])}` : '';
    })
    .filter((text) => text !== '')
    .join(' ');
}

function partsOf(content: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(content) ? content.filter((part: unknown) => isRecord(part)) : [];
}
