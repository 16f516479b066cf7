/** Ports within an environment. Tasks have addresses of their own, so all services can use the same ones. */

/** Of a service's public paths. */
export const PUBLIC_PORT = 8000;
/** Of /health and /ready. */
export const HEALTH_PORT = 8080;
/** Not the one that scanners try first. */
export const DATABASE_PORT = 5433;
/** A serverless cache answers on the first, and reads from replicas on the second. */
export const CACHE_PORTS = [6379, 6380] as const;
