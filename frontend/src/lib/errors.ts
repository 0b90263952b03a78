// Every failed request becomes an ApiError: a code, a sentence for people, perhaps the field it is about.
import type { ErrorOut } from '@/api/types.gen';

export class ApiError extends Error implements ErrorOut {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

function isErrorOut(body: unknown): body is ErrorOut {
  return typeof body === 'object' && body !== null && 'code' in body && 'message' in body;
}

/** What the client threw or the server answered, as an ApiError. `status` 0 means that no answer came. */
export function toApiError(cause: unknown, status: number): ApiError {
  if (cause instanceof ApiError) return cause;
  if (isErrorOut(cause)) return new ApiError(status, cause.code, cause.message, cause.field ?? null);
  if (status === 0) {
    return new ApiError(
      0,
      'unreachable',
      'The server does not answer. Nothing was lost; this page keeps trying.',
    );
  }
  return new ApiError(
    status,
    'unexpected',
    `The server answered ${status} without saying why. Its log knows more.`,
  );
}

/** The sentence to show for anything a mutation or query rejects with. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : toApiError(error, 0).message;
}

/** Worth another try by itself: no answer, or a fault of the server. A refusal stays a refusal. */
export function isTransient(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 500;
}

/** The field of a form that a refusal belongs under: the one that it names, if the form has it, else `fallback`. */
export function fieldOf<Field extends string>(
  error: unknown,
  fields: Partial<Record<Field, unknown>>,
  fallback: Field,
): Field {
  const named = error instanceof ApiError ? error.field?.split('.').at(-1) : undefined;
  return named !== undefined && named in fields ? (named as Field) : fallback;
}
