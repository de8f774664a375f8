import { type AgentDefinitionInput, agentDefinitionSchema } from '#contract';

import { PACKAGE_DOCUMENTS } from '../ai/rag/index.ts';
import type { FactoryParts } from './factory-parts.ts';
import { agentStream } from '../core/agents/index.ts';
import { systemContext } from '../kernel/call-context.ts';

const LIBRARIAN: AgentDefinitionInput = {
  name: 'librarian',
  description: 'Answers questions from a folder of documents, with quotations and their places.',
  instructions: [
    'You answer questions from the documents.',
    'Search them with documents.search before you answer, and read around a passage with documents.read where it helps.',
    'Quote the passage that answers the question and cite it as the search result does: file and lines.',
    'Calculate with calculate, ask now for the time, and fetch an address only if the user names one.',
    'If the documents do not answer the question, say so; never answer from memory.',
  ].join('\n'),
  strategy: { name: 'react', parameters: { maxTurns: 12 } },
  tools: ['documents.search', 'documents.read', 'calculate', 'now', 'http.get'],
  documents: { folder: PACKAGE_DOCUMENTS },
  tags: ['sample'],
  capabilities: ['question-answering', 'retrieval'],
};

/** The agents a first start brings along; one that was changed or deleted since stays as it is. */
export async function installSampleAgents({ agents, eventStore, clock }: FactoryParts): Promise<void> {
  const context = systemContext({ clock });
  const known = await eventStore.readStream(agentStream(context.tenantId, LIBRARIAN.name), { limit: 1 });
  if (known.length > 0) return;
  await agents.create(context, agentDefinitionSchema.parse(LIBRARIAN));
}
