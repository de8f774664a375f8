import type { AgentDefinition, ErrorCode } from '#contract';

import { AppError } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { type FieldError, invalidInput } from '../../kernel/parse-input.ts';
import type { ModelGateway } from '../../kernel/ports/language-model.ts';
import { errorMessage } from '../../utils/error-code.ts';
import type { JsonObject } from '../../utils/json.ts';
import { nearNames } from '../../utils/near-names.ts';
import { compileJsonSchema, type ToolRegistry } from '../tools/index.ts';
import { didYouMean, quoted } from './agent-errors.ts';
import type { AgentLookup } from './agent-queries.ts';
import { checkDefinition, DEFINITION } from './parse-agent.ts';
import { walkDelegates } from './walk-delegates.ts';

/** The reasoning strategies that a definition may name. */
export interface KnownStrategies {
  get(name: string): { parseParameters(parameters: JsonObject): JsonObject } | undefined;
  names(): readonly string[];
}

export interface DefinitionDependencies {
  readonly models: Pick<ModelGateway, 'assertKnown'>;
  readonly tools: Pick<ToolRegistry, 'has' | 'list'>;
  readonly strategies: KnownStrategies;
  readonly lookup: Pick<AgentLookup, 'delegatesOf' | 'names'>;
}

/**
 * Checks a definition by its schema and against what the factory has.
 * @throws AppError VALIDATION_FAILED, MODEL_NOT_FOUND, TOOL_NOT_FOUND, STRATEGY_NOT_FOUND,
 *   AGENT_NOT_FOUND (a delegate), DELEGATE_CYCLE; each names its fields in `details.errors`
 */
export async function validateDefinition(
  dependencies: DefinitionDependencies,
  { tenantId, definition }: { readonly tenantId: TenantId; readonly definition: AgentDefinition },
): Promise<AgentDefinition> {
  const valid = checkDefinition(definition, DEFINITION);
  checkModel(dependencies, valid);
  checkTools(dependencies, valid);
  checkStrategy(dependencies, valid);
  checkOutputSchema(valid);
  await checkDelegates(dependencies, { tenantId, definition: valid });
  return valid;
}

function checkModel({ models }: DefinitionDependencies, { model }: AgentDefinition): void {
  if (model === undefined) return;
  try {
    models.assertKnown(model);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const errors = [{ path: 'model', message: error.message }];
    throw new AppError(error.code, `model of ${DEFINITION}: ${error.message}`, {
      details: { ...error.details, errors },
      cause: error,
    });
  }
}

function checkTools({ tools }: DefinitionDependencies, definition: AgentDefinition): void {
  const known = tools.list().map((tool) => tool.name);
  const unknown = definition.tools.flatMap((name, index) => (tools.has(name) ? [] : [{ name, index }]));
  const [first] = unknown;
  if (first === undefined) return;
  throw notFound('TOOL_NOT_FOUND', {
    errors: unknown.map(({ name, index }) => ({
      path: `tools[${index}]`,
      message: `there is no tool named ${quoted(name)}${didYouMean(nearNames(name, known))}`,
    })),
    details: { tool: first.name, near: nearNames(first.name, known) },
  });
}

function checkStrategy({ strategies }: DefinitionDependencies, { strategy }: AgentDefinition): void {
  const found = strategies.get(strategy.name);
  if (found === undefined) {
    const known = [...strategies.names()];
    const hint = didYouMean(nearNames(strategy.name, known));
    const message = `there is no strategy named ${quoted(strategy.name)}; known are ${known.join(', ')}${hint}`;
    throw notFound('STRATEGY_NOT_FOUND', {
      errors: [{ path: 'strategy.name', message }],
      details: { strategy: strategy.name, known },
    });
  }
  try {
    found.parseParameters(strategy.parameters);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'VALIDATION_FAILED') throw error;
    throw invalidInput(DEFINITION, parameterErrors(error), error);
  }
}

/** The strategy's own errors, at their place in the definition. */
function parameterErrors(error: AppError): readonly FieldError[] {
  const { errors } = error.details as { errors?: readonly FieldError[] };
  const own = errors ?? [{ path: '', message: error.message }];
  return own.map(({ path, message }) => {
    const separator = path === '' || path.startsWith('[') ? '' : '.';
    return { path: `strategy.parameters${separator}${path}`, message };
  });
}

function checkOutputSchema({ outputSchema }: AgentDefinition): void {
  if (outputSchema === undefined) return;
  try {
    compileJsonSchema(outputSchema);
  } catch (error) {
    const message = `is not a JSON Schema (draft 2020-12): ${errorMessage(error)}`;
    throw invalidInput(DEFINITION, [{ path: 'outputSchema', message }], error);
  }
}

async function checkDelegates(
  { lookup }: DefinitionDependencies,
  { tenantId, definition }: { readonly tenantId: TenantId; readonly definition: AgentDefinition },
): Promise<void> {
  const { cycle, missing } = await walkDelegates(definition, async (names) => lookup.delegatesOf(tenantId, names));
  const path = (name: string) => `delegates[${definition.delegates.indexOf(name)}]`;
  if (cycle !== undefined) {
    const message = `delegates in a circle: ${cycle.join(' → ')}`;
    throw new AppError('DELEGATE_CYCLE', `${path(cycle[1] ?? '')} of ${DEFINITION}: ${message}`, {
      details: { cycle, errors: [{ path: path(cycle[1] ?? ''), message }] },
    });
  }
  const [first] = missing;
  if (first === undefined) return;
  const known = await lookup.names(tenantId);
  throw notFound('AGENT_NOT_FOUND', {
    errors: missing.map((name) => ({
      path: path(name),
      message: `there is no agent named ${quoted(name)}${didYouMean(nearNames(name, known))}`,
    })),
    details: { agent: first, near: nearNames(first, known) },
  });
}

function notFound(
  code: ErrorCode,
  { errors, details }: { readonly errors: readonly FieldError[]; readonly details: JsonObject },
): AppError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new AppError(code, `${first?.path} of ${DEFINITION}: ${first?.message}${more}`, {
    details: { ...details, errors: errors.map(({ path, message }) => ({ path, message })) },
  });
}
