export { createLocalRules, type LocalRulesDependencies } from './local-rules.ts';
