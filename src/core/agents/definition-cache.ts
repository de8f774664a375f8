import type { AgentDefinition } from '#contract';

/** Keeps the definitions used last, as long as their texts stay below a bound. */
export class DefinitionCache {
  readonly #entries = new Map<string, { readonly definition: AgentDefinition; readonly characters: number }>();
  readonly #mostCharacters: number;
  #characters = 0;

  /** @param mostCharacters of all definitions together, as JSON */
  constructor(mostCharacters: number) {
    this.#mostCharacters = mostCharacters;
  }

  get(key: string): AgentDefinition | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // A Map keeps the order of insertion: what is used goes to the end.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.definition;
  }

  set(key: string, definition: AgentDefinition): void {
    this.#drop(key);
    const characters = key.length + JSON.stringify(definition).length;
    this.#entries.set(key, { definition, characters });
    this.#characters += characters;
    for (const oldest of this.#entries.keys()) {
      if (this.#characters <= this.#mostCharacters) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#characters -= entry.characters;
  }
}
