export type { AgentDefinition, AgentDefinitionInput, TaskView } from '#contract';
export { createFactory } from './factory/create-factory.ts';
export type { Factory, FactoryOptions, RunOptions, RunResult } from './factory/factory.ts';
export { defineAgent } from './core/agents/parse-agent.ts';
export type {
  Approval,
  ExecutionContext,
  FunctionInput,
  FunctionResult,
  ModelStep,
  ModelStepResult,
  SubTask,
  SubTaskResult,
  ToolStepResult,
} from './core/executions/index.ts';
export type { Strategy } from './core/reasoning/index.ts';
export { defineTool } from './core/tools/define-tool.ts';
export type { Reconciliation, Tool, ToolContext, ToolDefinition, ToolEffect } from './core/tools/index.ts';
export { AppError } from './kernel/errors.ts';
