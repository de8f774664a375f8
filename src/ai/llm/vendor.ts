import type { LanguageModelV4 } from '@ai-sdk/provider';

/** What a vendor's file needs to reach its server. */
export interface VendorSettings {
  readonly apiKey: string | undefined;
  /** The vendor's own address unless given. */
  readonly baseUrl: string | undefined;
  readonly fetch: typeof globalThis.fetch;
}

/** A vendor's models by its own names for them. */
export type VendorModels = (modelId: string) => LanguageModelV4;
