import { AppError } from '../../kernel/errors.ts';
import type { JsonValue } from '../../utils/json.ts';

export interface PlainJsonLimits {
  /** Largest size of the value as UTF-8 JSON. */
  readonly limitBytes: number;
  /** What the value is called in errors, such as `result`. */
  readonly name: string;
}

const DEPTH_LIMIT = 100;
const LONGEST_PATH = 200;

/**
 * Whatever a tool returned, as plain JSON data of its own. Dates become ISO 8601 text, bigints
 * decimal text, errors {name, message}; `toJSON` is honoured; `undefined` members are left out
 * (elsewhere null). NUL and lone surrogates, which no database takes, become U+FFFD.
 * The size is counted while walking, so an answer that is too large is refused before it is copied.
 * @throws AppError TOOL_OUTPUT_INVALID naming the path (circles, functions, symbols, NaN, bytes,
 *   maps, promises, over 100 levels), TOOL_OUTPUT_TOO_LARGE
 */
export function plainJson(value: unknown, limits: PlainJsonLimits): JsonValue {
  const walk = new Walk(limits);
  const result = walk.visit(value, { key: limits.name, depth: 0 });
  return result === undefined ? null : result;
}

/** A link of the path to a value, made into text only when an error needs it. */
interface Place {
  readonly key: string | number;
  readonly depth: number;
  readonly parent?: Place;
}

class Walk {
  readonly #limits: PlainJsonLimits;
  readonly #ancestors = new Set<object>();
  #bytesLeft: number;

  constructor(limits: PlainJsonLimits) {
    this.#limits = limits;
    this.#bytesLeft = limits.limitBytes;
  }

  visit(value: unknown, place: Place): JsonValue | undefined {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        if (!Number.isFinite(value)) throw invalid(place, `is ${value}, which JSON cannot carry`);
        this.#spend(String(value).length);
        // JSON has no negative zero.
        return value === 0 ? 0 : value;
      case 'boolean':
        this.#spend(value ? 4 : 5);
        return value;
      case 'bigint':
        return this.#text(value.toString());
      case 'undefined':
        return undefined;
      case 'object':
        if (value !== null) return this.#object(value, place);
        this.#spend(4);
        return null;
      default:
        throw invalid(place, `is a ${typeof value}, which JSON cannot carry`);
    }
  }

  #object(value: object, place: Place): JsonValue | undefined {
    if (this.#ancestors.has(value)) throw invalid(place, 'refers back to one of its own containers');
    if (place.depth >= DEPTH_LIMIT) throw invalid(place, `lies deeper than ${DEPTH_LIMIT} levels`);
    this.#ancestors.add(value);
    try {
      return this.#read(value, place);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw invalid(place, {
        problem: `cannot be read: ${error instanceof Error ? error.message : 'it threw'}`,
        cause: error,
      });
    } finally {
      this.#ancestors.delete(value);
    }
  }

  #read(value: object, place: Place): JsonValue | undefined {
    if (Array.isArray(value)) return this.#array(value, place);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
      throw invalid(place, 'is bytes; encode them as text');
    if (value instanceof Map || value instanceof Set) {
      throw invalid(place, 'is a Map or a Set; return an object or an array');
    }
    if (value instanceof Promise) throw invalid(place, 'is a promise; await it');
    if (value instanceof Date && Number.isNaN(value.getTime())) throw invalid(place, 'is an invalid Date');
    if ('toJSON' in value && typeof value.toJSON === 'function') {
      return this.visit((value as { toJSON: () => unknown }).toJSON(), { ...place, depth: place.depth + 1 });
    }
    if (value instanceof Error) return this.#members({ name: value.name, message: value.message }, place);
    return this.#members(value as Record<string, unknown>, place);
  }

  #array(values: readonly unknown[], place: Place): JsonValue {
    this.#spend(2);
    // The least an array of this length can take, before its items are looked at.
    if (values.length * 2 - 1 > this.#bytesLeft) throw this.#tooLarge();
    const items: JsonValue[] = [];
    for (let index = 0; index < values.length; index += 1) {
      if (index > 0) this.#spend(1);
      const item = this.visit(values[index], { key: index, depth: place.depth + 1, parent: place });
      if (item === undefined) this.#spend(4);
      items.push(item ?? null);
    }
    return items;
  }

  #members(value: Record<string, unknown>, place: Place): JsonValue {
    this.#spend(2);
    const members: Record<string, JsonValue> = {};
    let separators = 1;
    for (const key of Object.keys(value)) {
      const member = this.visit(value[key], { key, depth: place.depth + 1, parent: place });
      if (member === undefined) continue;
      const name = this.#text(key);
      this.#spend(separators);
      separators = 2;
      if (name === '__proto__')
        Object.defineProperty(members, name, { value: member, enumerable: true, writable: true });
      else members[name] = member;
    }
    return members;
  }

  #text(text: string): string {
    if (text.length > this.#bytesLeft) throw this.#tooLarge();
    const clean = (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text).toWellFormed();
    this.#spend(Buffer.byteLength(JSON.stringify(clean)));
    return clean;
  }

  #spend(bytes: number): void {
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft < 0) throw this.#tooLarge();
  }

  #tooLarge(): AppError {
    const { limitBytes, name } = this.#limits;
    return new AppError('TOOL_OUTPUT_TOO_LARGE', `The ${name} is larger than ${limitBytes} bytes of JSON`, {
      details: { limitBytes },
    });
  }
}

function invalid(place: Place, fault: string | { readonly problem: string; readonly cause: unknown }): AppError {
  const path = pathOf(place);
  if (typeof fault === 'string') return new AppError('TOOL_OUTPUT_INVALID', `${path} ${fault}`, { details: { path } });
  const { problem, cause } = fault;
  return new AppError('TOOL_OUTPUT_INVALID', `${path} ${problem}`, { details: { path }, cause });
}

function pathOf(place: Place): string {
  const parts: string[] = [];
  for (let link: Place | undefined = place; link !== undefined; link = link.parent) {
    if (typeof link.key === 'number') parts.unshift(`[${link.key}]`);
    else parts.unshift(link.parent === undefined ? link.key : `.${link.key}`);
  }
  const path = parts.join('');
  return path.length <= LONGEST_PATH ? path : `${path.slice(0, LONGEST_PATH)}…`;
}
