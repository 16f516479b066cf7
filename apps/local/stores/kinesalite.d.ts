declare module 'kinesalite' {
  import type { Server } from 'node:http';

  /** An HTTP server that speaks Kinesis; without `path` it keeps everything in memory. */
  export default function kinesalite(options: {
    path?: string;
    createStreamMs?: number;
    deleteStreamMs?: number;
    updateStreamMs?: number;
    shardLimit?: number;
  }): Server;
}
