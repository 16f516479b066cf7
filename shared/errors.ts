/**
 * Errors that a caller may tell apart. A closed set: everything else is unexpected, ends the task and lets the
 * supervisor start it again.
 */
export type CarillonErrorCode =
  /** The lease is somebody else's: stop working on the shard, without an effect. */
  | 'lease_lost'
  /** A service that we depend on cannot be reached or is throttling; the same call may succeed later. */
  | 'unavailable'
  /** Input that will never be accepted: quarantine it with this message. */
  | 'invalid_record'
  /** The process cannot run as configured. */
  | 'invalid_configuration';

const RETRYABLE: Record<CarillonErrorCode, boolean> = {
  lease_lost: false,
  unavailable: true,
  invalid_record: false,
  invalid_configuration: false,
};

export class CarillonError extends Error {
  readonly code: CarillonErrorCode;
  readonly retryable: boolean;
  /** When to come back, in ms, where whoever refused said so. */
  readonly retryAfterMs: number | null;

  constructor(
    code: CarillonErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | null } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.name = 'CarillonError';
    this.code = code;
    this.retryable = RETRYABLE[code];
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** The text of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
