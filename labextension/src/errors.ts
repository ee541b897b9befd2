/** An answer of the server that says why a request failed, or that there was none. */
export class ApiError extends Error {
  /** `status` is 0 where the server could not be reached. */
  constructor(
    message: string,
    readonly status: number,
    readonly code: string = 'INTERNAL_ERROR',
    readonly column: number | null = null
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Whether the server did not answer at all. */
  get isOffline(): boolean {
    return this.status === 0;
  }
}

/** Return what was thrown as an ApiError. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) {
    return error;
  }
  return new ApiError(
    error instanceof Error ? error.message : String(error),
    0
  );
}

/** Whether a request ended because nobody wants its answer any more. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
