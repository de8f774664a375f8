export {
  TOOL_EFFECTS,
  type DocumentsSetting,
  type Reconciliation,
  type Tool,
  type ToolContext,
  type ToolDefinition,
  type ToolEffect,
} from './tool.ts';
