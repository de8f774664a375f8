import { problemSchema, type Problem } from './problem.ts';

/** What the server refused or failed at, taken from its problem details. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** One of `ERRORS`; `UNREACHABLE` where no answer came, `UNEXPECTED_ANSWER` where it was no problem document. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string | undefined;
  readonly errors: NonNullable<Problem['errors']>;
  readonly details: NonNullable<Problem['details']>;
  readonly traceId: string | undefined;
  /** How long to wait before another try, where the server said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: ApiErrorInit, options?: { readonly cause?: unknown }) {
    super(problem.detail, options?.cause === undefined ? undefined : { cause: options.cause });
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.remedy = problem.remedy;
    this.errors = problem.errors ?? [];
    this.details = problem.details ?? {};
    this.traceId = problem.traceId;
    this.retryAfterSeconds = problem.retryAfterSeconds;
  }
}

type ApiErrorInit = Pick<Problem, 'status' | 'code' | 'title' | 'detail' | 'errors' | 'details'> & {
  readonly remedy?: string;
  readonly traceId?: string;
  readonly retryAfterSeconds?: number | undefined;
};

/** The error that a response of 400 or more tells of; reads its body. */
export async function apiErrorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  const parsed = problemSchema.safeParse(parseJson(text));
  const retryAfterSeconds = retryAfter(response.headers.get('retry-after'));
  if (parsed.success) return new ApiError({ ...parsed.data, retryAfterSeconds });
  return new ApiError({
    status: response.status,
    code: 'UNEXPECTED_ANSWER',
    title: 'The server answered with something unexpected',
    detail: `HTTP ${response.status} from ${response.url}: ${text.slice(0, 200)}`,
    retryAfterSeconds,
  });
}

/** The error for a server that gave no answer at all. */
export function unreachable(url: string, cause: unknown): ApiError {
  const reason = cause instanceof Error ? innermostMessage(cause) : String(cause);
  return new ApiError(
    { status: 0, code: 'UNREACHABLE', title: 'The server cannot be reached', detail: `${url}: ${reason}` },
    { cause },
  );
}

function innermostMessage(error: Error): string {
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error ? cause.message : error.message;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON, so not a problem document: the caller tells of the text itself.
    return undefined;
  }
}

/** Seconds of a Retry-After header in either of its forms (RFC 9110, 10.2.3). */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
