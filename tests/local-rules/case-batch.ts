import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { LanguageModelV4FunctionTool } from '@ai-sdk/provider';
import { z } from 'zod';

/** `"integer: description"`, `"string(a|b): …"`, `"number[]: …"`; or a JSON Schema where that is not enough. */
const parameter = z.union([z.string(), z.record(z.string(), z.json())]);
const toolText = z.tuple([z.string(), z.record(z.string(), parameter)]);
const expectedArguments = z.record(z.string(), z.json());
const caseShape = z.strictObject({
  request: z.string(),
  offer: z.array(z.string()).min(1),
  /** The tool to call; null where none fits; several where several calls are wanted. */
  call: z.union([z.string(), z.null(), z.array(z.string())]),
  /** What each argument must be; an array lists the values that will do. Arguments it leaves out are free. */
  arguments: z.union([expectedArguments, z.array(expectedArguments)]).optional(),
  /** Whether the other offered tools serve the request well enough once the right one is taken away. */
  othersServe: z.boolean().optional(),
});
const batchShape = z.strictObject({ tools: z.record(z.string(), toolText), cases: z.array(caseShape) });

/** One request with the tools offered. */
export interface Case {
  readonly request: string;
  readonly tools: readonly LanguageModelV4FunctionTool[];
  /** Names of the tools to call, in order; empty where none fits. */
  readonly calls: readonly string[];
  readonly arguments: readonly z.infer<typeof expectedArguments>[];
  readonly othersServe: boolean;
}

export interface Batch {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** The batches of `cases/`, in order of their names. A case that names an unknown tool throws. */
export function readBatches(): readonly Batch[] {
  const folder = join(import.meta.dirname, 'cases');
  return readdirSync(folder)
    .toSorted()
    .map((file) => ({ name: file.replace('.json', ''), cases: readCases(readFileSync(join(folder, file), 'utf8')) }));
}

function readCases(text: string): readonly Case[] {
  const { tools, cases } = batchShape.parse(JSON.parse(text));
  const known = new Map(Object.entries(tools).map(([name, tool]) => [name, toTool(name, tool)]));
  return cases.map((each) => ({
    request: each.request,
    tools: each.offer.map((name) => {
      const tool = known.get(name);
      if (tool === undefined) throw new Error(`no tool ${name} in the batch of ${JSON.stringify(each.request)}`);
      return tool;
    }),
    calls: each.call === null ? [] : typeof each.call === 'string' ? [each.call] : each.call,
    arguments: each.arguments === undefined ? [] : Array.isArray(each.arguments) ? each.arguments : [each.arguments],
    othersServe: each.othersServe ?? false,
  }));
}

function toTool(name: string, [description, parameters]: z.infer<typeof toolText>): LanguageModelV4FunctionTool {
  const entries = Object.entries(parameters);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(entries.map(([key, spec]) => [key.replace('?', ''), toSchema(spec)])),
    required: entries.flatMap(([key]) => (key.endsWith('?') ? [] : [key])),
  };
  return { type: 'function', name, description, inputSchema: schema as LanguageModelV4FunctionTool['inputSchema'] };
}

function toSchema(spec: z.infer<typeof parameter>): object {
  if (typeof spec !== 'string') return spec;
  const {
    type = '',
    options,
    list,
    description = '',
  } = /^(?<type>\w+)(?:\((?<options>[^)]*)\))?(?<list>\[\])?:\s*(?<description>.*)$/u.exec(spec)?.groups ?? {};
  const item = options === undefined ? { type } : { type, enum: options.split('|') };
  return list === undefined ? { ...item, description } : { type: 'array', items: item, description };
}
