declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** DynamoDB in memory: an HTTP server that does not listen yet. */
  export default function dynalite(options: { createTableMs: number }): Server;
}
