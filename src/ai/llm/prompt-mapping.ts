import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FilePart,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4ToolResultOutput,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';

import type {
  AssistantPart,
  FilePart,
  Message,
  ModelRequest,
  ProviderMetadata,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../kernel/ports/language-model.ts';
import { isJsonObject, type JsonObject } from '../../utils/json.ts';
import type { ProviderTraits } from './provider-registry.ts';
import { mapToolNames, type ToolNames, UNMAPPED_TOOL_NAMES } from './tool-names.ts';
import { toProviderSchema } from './tool-schema.ts';

type CallOptions = Omit<LanguageModelV4CallOptions, 'abortSignal'>;
type AssistantContent = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'];

interface Mapping {
  readonly traits: ProviderTraits;
  readonly names: ToolNames;
}

/** A request in the provider interface's terms, and the tool names to read its answer with. */
export function toCallOptions(
  request: ModelRequest,
  traits: ProviderTraits,
): { readonly options: CallOptions; readonly names: ToolNames } {
  const names = traits.mapsToolNames ? mapToolNames(toolNamesIn(request)) : UNMAPPED_TOOL_NAMES;
  const options: CallOptions = {
    prompt: request.messages.map((message) => toPromptMessage(message, { traits, names })),
  };
  if (request.tools !== undefined && request.tools.length > 0) {
    options.tools = request.tools.map((tool): LanguageModelV4FunctionTool => ({
      type: 'function',
      name: names.toWire(tool.name),
      description: tool.description,
      // Checked where tools are registered: the parameters are a JSON Schema.
      inputSchema: toProviderSchema(tool.parameters, traits.schemaDialect),
    }));
    options.toolChoice = toToolChoice(request.toolChoice ?? 'auto', names);
  }
  if (request.maxOutputTokens !== undefined) options.maxOutputTokens = request.maxOutputTokens;
  if (request.temperature !== undefined) options.temperature = request.temperature;
  if (request.seed !== undefined) options.seed = request.seed;
  if (request.stopSequences !== undefined) options.stopSequences = [...request.stopSequences];
  if (request.outputSchema !== undefined) {
    options.responseFormat = { type: 'json', schema: toProviderSchema(request.outputSchema, traits.schemaDialect) };
  }
  if (request.effort !== undefined) options.reasoning = request.effort;
  if (traits.options !== undefined) options.providerOptions = traits.options;
  return { options, names };
}

function toolNamesIn({ tools = [], toolChoice, messages }: ModelRequest): readonly string[] {
  const names = tools.map(({ name }) => name);
  if (typeof toolChoice === 'object') names.push(toolChoice.tool);
  for (const message of messages) {
    if (message.role !== 'assistant' && message.role !== 'tool') continue;
    for (const part of message.content) {
      if ('name' in part && !names.includes(part.name)) names.push(part.name);
    }
  }
  return names;
}

function toToolChoice(
  choice: NonNullable<ModelRequest['toolChoice']>,
  names: ToolNames,
): NonNullable<CallOptions['toolChoice']> {
  return typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: names.toWire(choice.tool) };
}

function toPromptMessage(message: Message, { traits, names }: Mapping): LanguageModelV4Message {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content };
    case 'user':
      return { role: 'user', content: message.content.map(toUserPart) };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content.flatMap((part) => toAssistantContent(part, { traits, names })),
      };
    case 'tool':
      return { role: 'tool', content: message.content.map((part) => toToolResult(part, names)) };
  }
}

function toUserPart(part: TextPart | FilePart) {
  return part.type === 'text' ? { ...part, ...optionsOf(part.providerMetadata) } : toFilePart(part);
}

function toFilePart(part: FilePart): LanguageModelV4FilePart {
  return {
    type: 'file',
    mediaType: part.mediaType,
    data: 'url' in part.data ? { type: 'url', url: new URL(part.data.url) } : { type: 'data', data: part.data.base64 },
    ...(part.filename === undefined ? {} : { filename: part.filename }),
  };
}

/** One part of history; another provider's thoughts are left out, because only it can read them. */
function toAssistantContent(part: AssistantPart, { traits, names }: Mapping): AssistantContent {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text, ...optionsOf(part.providerMetadata) }];
    case 'reasoning':
      return isForeign(part.providerMetadata, traits)
        ? []
        : [{ type: 'reasoning', text: part.text, ...optionsOf(part.providerMetadata) }];
    case 'file':
      return [toFilePart(part)];
    case 'tool-call':
      return [
        {
          type: 'tool-call',
          toolCallId: part.id,
          toolName: names.toWire(part.name),
          input: toInput(part),
          ...optionsOf(part.providerMetadata),
        },
      ];
  }
}

const isForeign = (metadata: ProviderMetadata | undefined, traits: ProviderTraits): boolean =>
  metadata !== undefined && metadata[traits.metadataKey] === undefined;

/**
 * Providers take only objects as arguments. What the model wrote and could not be parsed goes back
 * under `invalid_json`, so that it sees its mistake beside the error it gets as the result.
 */
function toInput(part: ToolCallPart): JsonObject {
  if (part.unparsed !== undefined) return { invalid_json: part.unparsed };
  if (isJsonObject(part.arguments)) return part.arguments;
  return part.arguments === null ? {} : { value: part.arguments };
}

function toToolResult(part: ToolResultPart, names: ToolNames) {
  return {
    type: 'tool-result' as const,
    toolCallId: part.id,
    toolName: names.toWire(part.name),
    output: toOutput(part),
  };
}

function toOutput({ result, isError }: ToolResultPart): LanguageModelV4ToolResultOutput {
  if (typeof result === 'string') return { type: isError ? 'error-text' : 'text', value: result };
  // The same JSON; the provider interface declares its arrays mutable.
  const value = result as Extract<LanguageModelV4ToolResultOutput, { type: 'json' }>['value'];
  return { type: isError ? 'error-json' : 'json', value };
}

function optionsOf(metadata: ProviderMetadata | undefined): { providerOptions?: SharedV4ProviderOptions } {
  return metadata === undefined ? {} : { providerOptions: metadata };
}
