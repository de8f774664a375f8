export { decodeText, isText, mediaType } from './decode-text.ts';
export {
  createEgressGuard,
  type EgressGuard,
  type EgressGuardOptions,
  type EgressRequest,
  type EgressResponse,
  type Resolver,
} from './egress-guard.ts';
export type { ResolvedAddress } from './http-exchange.ts';
