import { queues } from '#shared/topology.ts';

/**
 * Figures of docs/benchmarks.md that sizes go by, of 2026-11-26 and 27: 2 shared cores, everything beside each other, one
 * connection where nothing else is said.
 */
export interface Figure {
  perSecond: number;
  /** What is counted. */
  of: string;
  /** Heading in docs/benchmarks.md. */
  benchmark: string;
  note: string;
}

export const figures = {
  dialog: {
    perSecond: 5_817,
    of: 'commands',
    benchmark: 'dialog-engine',
    note: '500 a transaction, one connection',
  },
  outbound: {
    perSecond: 17_379,
    of: 'planned messages',
    benchmark: 'outbound',
    note: '500 a transaction, one connection',
  },
  log: { perSecond: 35_007, of: 'records', benchmark: 'log-persister', note: '500 a transaction' },
  inbox: { perSecond: 2_150, of: 'texts', benchmark: 'inbox', note: 'each text passes its two consumers' },
  campaigns: {
    perSecond: 3_531,
    of: 'people',
    benchmark: 'campaign-dispatch',
    note: 'of a million: loaded and dispatched',
  },
  gateway: {
    perSecond: 2_042,
    of: 'webhooks',
    benchmark: 'webhook',
    note: 'with signature and consent, client on the same cores',
  },
  api: { perSecond: 1_562, of: 'pages of 50 rows', benchmark: 'api', note: 'client on the same cores' },
} as const satisfies Record<string, Figure>;

export const MEASURED = {
  /**
   * Processor time of PostgreSQL for a message, in microseconds. Derived: dialog 1 s / 5,817 commands, of which half is the
   * engine's own (86); outbound 1 s / 17,379, half (29); log 12.5 for each of three records (38); campaigns 156 for three of
   * four messages (117); the sender's claim and record, taken to be as dear as the dialog (86); webhooks and outbox (44).
   */
  databaseMicroseconds: 400,
  /** Of messages, those that somebody planned: the others are answers. */
  plannedShare: queues['sms-bulk.fifo'].traffic.perMessage,
  callsPerMessage: queues['voice.fifo'].traffic.perMessage,
} as const;
