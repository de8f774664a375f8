import { AppError } from './errors.ts';
import { errorCode, errorMessage } from '../utils/error-code.ts';

/** A failed file operation on the data folder as an error that names the folder and the way out. */
export function toFolderError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error;
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('STORAGE_FULL', `No space is left for ${path}: free some, then start again.`, { cause: error });
  }
  return new AppError('DATA_FOLDER_UNUSABLE', `${path} cannot be used (${code ?? errorMessage(error)}).`, {
    details: { path },
    cause: error,
  });
}
