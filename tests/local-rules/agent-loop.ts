import type { LanguageModelV4FunctionTool, LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider';

import { createLocalRules } from '../../src/ai/llm/local-rules/index.ts';
import { createDocumentTools, type DocumentLibrary } from '../../src/ai/rag/index.ts';
import { calculate } from '../../src/core/tools/calculate.ts';
import { createHttpGetTool, defineTool, runTool, type Tool } from '../../src/core/tools/index.ts';
import { now as nowTool } from '../../src/core/tools/now.ts';
import { systemContext } from '../../src/kernel/call-context.ts';
import { toErrorRecord } from '../../src/kernel/errors.ts';
import type { ExecutionId, TaskId } from '../../src/kernel/ids.ts';
import { createEgressGuard } from '../../src/security/egress/index.ts';
import type { JsonObject, JsonValue } from '../../src/utils/json.ts';

export interface ToolUse {
  readonly tool: string;
  readonly input: JsonObject;
  readonly output: JsonValue;
}

export interface Turn {
  readonly answer: string;
  readonly uses: readonly ToolUse[];
  /** The conversation with this turn in it. */
  readonly prompt: LanguageModelV4Prompt;
}

export interface LibrarianOptions {
  readonly library: DocumentLibrary;
  /** Absolute path of the documents. */
  readonly folder: string;
  readonly now?: Date;
}

const MAXIMUM_STEPS = 6;

/** The sample agent in one process: Local Rules with the tools for documents, `calculate`, `now` and `http.get`. */
export function createLibrarian({ library, folder, now = new Date('2026-11-24T09:00:00Z') }: LibrarianOptions) {
  const clock = { now: () => now };
  const model = createLocalRules({ clock });
  const tools: readonly Tool[] = [
    ...createDocumentTools(library),
    defineTool(calculate),
    defineTool(nowTool),
    createHttpGetTool(createEgressGuard({ allow: [] })),
  ];
  const run = (name: string, input: JsonObject): Promise<JsonValue> =>
    runTool({
      tool: tools.find((tool) => tool.name === name)!,
      input,
      context: {
        call: { ...systemContext(), clock },
        executionId: 'exec_1' as ExecutionId,
        taskId: 'task_1' as TaskId,
        stepKey: '1',
        idempotencyKey: 'key',
        signal: new AbortController().signal,
        documents: { folder },
        progress: () => undefined,
      },
    });

  /** Asks after what was said before; runs tools until the model answers in words. */
  return async function ask(question: string, before: LanguageModelV4Prompt = []): Promise<Turn> {
    const prompt: LanguageModelV4Message[] = [...before, { role: 'user', content: [{ type: 'text', text: question }] }];
    const uses: ToolUse[] = [];
    for (let step = 0; step < MAXIMUM_STEPS; step++) {
      const { content } = await model.doGenerate({ prompt, tools: tools.map(functionTool) });
      prompt.push({
        role: 'assistant',
        content: content.filter((part) => part.type === 'text' || part.type === 'tool-call'),
      });
      const calls = content.filter((part) => part.type === 'tool-call');
      if (calls.length === 0)
        return { answer: content.map((part) => (part.type === 'text' ? part.text : '')).join(''), uses, prompt };
      for (const call of calls) {
        const input = JSON.parse(call.input) as JsonObject;
        const { output, error } = await run(call.toolName, input).then(
          (value) => ({ output: value, error: false }),
          (thrown: unknown) => ({ output: toErrorRecord(thrown) as unknown as JsonValue, error: true }),
        );
        uses.push({ tool: call.toolName, input, output });
        const result = { type: error ? ('error-json' as const) : ('json' as const), value: output as never };
        const { toolCallId, toolName } = call;
        prompt.push({ role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output: result }] });
      }
    }
    throw new Error(`no answer after ${MAXIMUM_STEPS} steps: ${question}`);
  };
}

function functionTool(tool: Tool): LanguageModelV4FunctionTool {
  return {
    type: 'function',
    name: tool.name,
    description: tool.description,
    inputSchema: tool.parameters as LanguageModelV4FunctionTool['inputSchema'],
  };
}
