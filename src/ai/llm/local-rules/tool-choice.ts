import type { Reading } from './reading.ts';
import { fillSlots, type Filling } from './slot-filling.ts';
import { featuresOf, viewRequest, type ToolFeatures } from './tool-features.ts';
import { toolTerms } from './tool-terms.ts';
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
  name: 3,
  purpose: 2,
  request: 3.5,
  focus: 2.5,
  filled: 1,
  sure: 1,
  slots: 1,
  used: 0.3,
  arithmetic: 5,
  rival: -2,
  otherAction: -2,
  asksActor: -1,
};
const BIAS = -5;
const NAMES = Object.keys(WEIGHTS) as (keyof ToolFeatures)[];

/** The tools with how well each suits the request, best first. */
export function rankTools(tools: readonly ToolView[], reading: Reading): readonly RankedTool[] {
  const request = viewRequest(reading);
  const all = tools.map(toolTerms);
  return all
    .map((terms) => {
      const filling = fillSlots(terms.tool.slots, reading, terms.all);
      const features = featuresOf({ terms, filling, request, all });
      return { tool: terms.tool, filling, features, relevance: relevanceOf(features) };
    })
    .toSorted((left, right) => right.relevance - left.relevance);
}

function relevanceOf(features: ToolFeatures): number {
  const sum = NAMES.reduce((total, name) => total + features[name] * WEIGHTS[name], BIAS);
  return 1 / (1 + Math.exp(-sum));
}
