import { AppError } from '../../kernel/errors.ts';
import type { ToolDescription } from '../../kernel/ports/language-model.ts';
import { jsonHash } from '../../utils/content-hash.ts';
import { nearNames } from '../../utils/near-names.ts';
import { assertTool } from './define-tool.ts';
import type { Tool } from './tool.ts';

/** The tools of a factory, by name. */
export interface ToolRegistry {
  /** @throws AppError VALIDATION_FAILED where the tool is not valid or its name is taken */
  register(tool: Tool): void;
  has(name: string): boolean;
  /** @throws AppError TOOL_NOT_FOUND, `details.near` holding the names most like it */
  get(name: string): Tool;
  /** All tools, by name. */
  list(): readonly Tool[];
  /** The tool as a model sees it. @throws AppError TOOL_NOT_FOUND */
  describe(name: string): ToolDescription;
  /** SHA-256 of name, effect and parameters: what an execution pins. @throws AppError TOOL_NOT_FOUND */
  schemaHash(name: string): string;
}

/** @throws AppError VALIDATION_FAILED where one of the tools is not valid or two share a name */
export function createToolRegistry(tools: Iterable<Tool> = []): ToolRegistry {
  const byName = new Map<string, Tool>();
  const hashes = new Map<string, string>();

  const get = (name: string): Tool => {
    const tool = byName.get(name);
    if (tool === undefined) throw toolNotFound(name, byName.keys());
    return tool;
  };
  const registry: ToolRegistry = {
    register(tool) {
      assertTool(tool);
      if (byName.has(tool.name)) {
        const message = 'is taken by another tool';
        throw new AppError('VALIDATION_FAILED', `Tool ${tool.name} is not valid: name: ${message}`, {
          details: { errors: [{ path: 'name', message }] },
        });
      }
      byName.set(tool.name, tool);
    },
    has: (name) => byName.has(name),
    get,
    list: () => [...byName.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    describe(name) {
      const { description, parameters } = get(name);
      return { name, description, parameters };
    },
    schemaHash(name) {
      const { effect, parameters } = get(name);
      const hash = hashes.get(name) ?? jsonHash({ name, effect, parameters });
      hashes.set(name, hash);
      return hash;
    },
  };
  for (const tool of tools) registry.register(tool);
  return registry;
}

function toolNotFound(name: string, known: Iterable<string>): AppError {
  const near = nearNames(name, known);
  const hint = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
  return new AppError('TOOL_NOT_FOUND', `There is no tool named ${JSON.stringify(name.slice(0, 100))}${hint}`, {
    details: { tool: name.slice(0, 100), near },
  });
}
