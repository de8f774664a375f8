import { AppError } from '../../kernel/errors.ts';

/** The two halves of `provider/model`. */
export interface ModelReference {
  readonly provider: string;
  /** The provider's own name of the model; may hold slashes. */
  readonly modelId: string;
}

/** A model's name goes into URLs: what would change their path or query is not part of a name. */
const MODEL_ID = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[^\s?#%\\]{1,200}$/u;

/** @throws AppError MODEL_NOT_FOUND where the text isn't `provider/model`. */
export function parseModelReference(model: string): ModelReference {
  const slash = model.indexOf('/');
  const modelId = model.slice(slash + 1);
  if (slash < 1 || !MODEL_ID.test(modelId)) {
    throw new AppError(
      'MODEL_NOT_FOUND',
      `"${model.slice(0, 250)}" does not name a model; write provider/model, such as openai/gpt-5.4 or local/rules`,
    );
  }
  return { provider: model.slice(0, slash), modelId };
}
