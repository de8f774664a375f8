import type { Factory, FactoryOptions } from './factory.ts';

/**
 * Opens a factory in this process and takes up what an earlier one left unfinished.
 * @throws AppError CONFIGURATION_INVALID, DATA_FOLDER_LOCKED, DATA_FOLDER_UNUSABLE,
 *   PLATFORM_UNSUPPORTED, DATABASE_UNAVAILABLE, VALIDATION_FAILED
 */
export async function createFactory(options: FactoryOptions = {}): Promise<Factory> {
  // Loaded here, so that a program which only defines agents and tools starts at once.
  const { openFactory } = await import('./open-factory.ts');
  return openFactory(options);
}
