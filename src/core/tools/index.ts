export { calculate } from './calculate.ts';
export {
  TOOL_EFFECTS,
  type DocumentsSetting,
  type Reconciliation,
  type Tool,
  type ToolContext,
  type ToolDefinition,
  type ToolEffect,
} from './tool.ts';
export { defineTool } from './define-tool.ts';
export { createToolRegistry, type ToolRegistry } from './tool-registry.ts';
export { reconcileTool, runTool, type ToolCall } from './run-tool.ts';
export { compileJsonSchema, schemaErrors, validateArguments } from './validate-arguments.ts';
export { createFileTools } from './file-tools.ts';
export { createHttpGetTool } from './http-get.ts';
export { plainJson, type PlainJsonLimits } from './plain-json.ts';
export { now } from './now.ts';
