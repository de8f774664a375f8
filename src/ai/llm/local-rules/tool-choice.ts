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
  purpose: 3,
  request: 2.3,
  unexplained: -1.2,
  focus: 2.2,
  filled: 3.5,
  sure: 2,
  slots: 0.3,
  announced: 0.5,
  used: 1.7,
  shape: 2,
  arithmetic: 5,
  rival: -3.5,
  otherAction: -3.5,
  asksActor: -3,
  wonders: -1.5,
};
const BIAS = -8.7;
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
