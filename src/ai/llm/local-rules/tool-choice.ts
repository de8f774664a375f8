import type { Reading } from './reading.ts';
import { fillSlots, type Filling } from './slot-filling.ts';
import {
  featuresOf,
  firstImpression,
  viewOffered,
  viewRequest,
  type RequestView,
  type ToolFeatures,
} from './tool-features.ts';
import { toolTerms, type ToolTerms } from './tool-terms.ts';
import type { ToolView } from './tool-view.ts';

export interface RankedTool {
  readonly tool: ToolView;
  readonly filling: Filling;
  readonly features: ToolFeatures;
  /** Chance, by the fitted weights, that the tool serves the request. */
  readonly relevance: number;
}

/** Below this relevance no tool is called. */
export const RELEVANCE_THRESHOLD = 0.5;

const WEIGHTS: ToolFeatures = {
  name: 2.6,
  purpose: 3.4,
  request: 2.2,
  unexplained: -1,
  focus: 2.1,
  filled: 4.5,
  sure: 1.9,
  slots: 0.3,
  used: 1.5,
  shape: 2.2,
  arithmetic: 5,
  rival: -4,
  otherAction: -4,
  asksActor: -4,
  wonders: -1.8,
};
const BIAS = -9.3;
/** A tool far ahead of the others offered is the likelier to be meant. In log-odds. */
const LEAD_WEIGHT = 0.3;
const USUAL_LEAD = 1;
const MAXIMUM_LEAD = 2.5;
const NAMES = Object.keys(WEIGHTS) as (keyof ToolFeatures)[];

/** The tools with how well each suits the request, best first. */
export function rankTools(tools: readonly ToolView[], reading: Reading): readonly RankedTool[] {
  const request = viewRequest(reading);
  const all = tools.map(toolTerms);
  const offered = viewOffered(all);
  const ranked = mostPromising(all, request)
    .map((terms) => {
      const filling = fillSlots({ slots: terms.tool.slots, reading, toolStems: terms.all });
      const features = featuresOf({ terms, filling, request, offered });
      return { tool: terms.tool, filling, features, evidence: evidenceOf(features) };
    })
    .toSorted((left, right) => right.evidence - left.evidence);
  return ranked.map(({ evidence, ...each }, place) => {
    const rival = ranked[place === 0 ? 1 : 0];
    const lead =
      rival === undefined ? 0 : LEAD_WEIGHT * (Math.min(MAXIMUM_LEAD, evidence - rival.evidence) - USUAL_LEAD);
    return { ...each, relevance: 1 / (1 + Math.exp(-evidence - lead)) };
  });
}

/** Of many tools only those are looked at closely that share most words with the request. */
const CLOSELY = 16;

function mostPromising(all: readonly ToolTerms[], request: RequestView): readonly ToolTerms[] {
  if (all.length <= CLOSELY) return all;
  return all
    .map((terms) => ({ terms, impression: firstImpression(terms, request) }))
    .toSorted((left, right) => right.impression - left.impression)
    .slice(0, CLOSELY)
    .map(({ terms }) => terms);
}

/** Log-odds that the tool serves the request. */
function evidenceOf(features: ToolFeatures): number {
  return NAMES.reduce((total, name) => total + features[name] * WEIGHTS[name], BIAS);
}
