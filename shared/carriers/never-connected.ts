/** Node's system calls before the first byte of a request can leave. */
const BEFORE_SENDING = new Set(['getaddrinfo', 'connect']);
/**
 * A certificate is judged before anything is sent over the connection. Not `ERR_SSL_*`: alerts and broken records have such
 * codes as well, and come also behind a request that was read.
 */
const CERTIFICATE = /^(?:CERT_|ERR_TLS_CERT_|UNABLE_TO_|SELF_SIGNED_CERT_|DEPTH_ZERO_SELF_SIGNED_CERT)/;
/** No connection in time, as the client behind `fetch` says it. */
const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT';

/**
 * Whether an error proves that no connection was made. Errors wrap each other (`cause`), and an address with several
 * forms fails with one error each (`errors`): then all of them must prove it.
 */
export function neverConnected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('syscall' in error && typeof error.syscall === 'string') return BEFORE_SENDING.has(error.syscall);
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(neverConnected);
  if (error.cause !== undefined) return neverConnected(error.cause);
  if (!('code' in error) || typeof error.code !== 'string') return false;
  return error.code === CONNECT_TIMEOUT || CERTIFICATE.test(error.code);
}

/** An error in one line, with its code: of those that wrap each other, the innermost. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return describe(error.cause);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return `${code}${error.message}`;
}
