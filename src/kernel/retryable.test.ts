import { describe, expect, it } from 'vitest';

import { AppError } from './errors.ts';
import { isRetryableModelError, modelRetryability } from './retryable.ts';

describe('modelRetryability', () => {
  it.each(['MODEL_UNAVAILABLE', 'MODEL_RATE_LIMITED', 'MODEL_OUTPUT_INVALID'] as const)(
    'lets %s be tried again',
    (code) => {
      expect(modelRetryability(new AppError(code, 'x'))).toEqual({ retryable: true });
      expect(isRetryableModelError(new AppError(code, 'x'))).toBe(true);
    },
  );

  it('hands on the time the provider named', () => {
    const error = new AppError('MODEL_RATE_LIMITED', 'x', { details: { retryAfterMilliseconds: 1500 } });
    expect(modelRetryability(error)).toEqual({ retryable: true, afterMilliseconds: 1500 });
  });

  it.each([new AppError('MODEL_REJECTED', 'x'), new AppError('MODEL_NOT_FOUND', 'x'), new Error('x'), undefined])(
    'gives up on %s',
    (error) => {
      expect(modelRetryability(error)).toEqual({ retryable: false });
      expect(isRetryableModelError(error)).toBe(false);
    },
  );
});
