/** Ports of what tasks connect to. Their own are in shared/container.ts. */

/** Not the one that scanners try first. */
export const DATABASE_PORT = 5433;
/** A serverless cache answers on the first, and reads from replicas on the second. */
export const CACHE_PORTS = [6379, 6380] as const;
