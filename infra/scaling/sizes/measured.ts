import { queues } from '#shared/topology.ts';

/**
 * A figure of docs/benchmarks.md that sizes go by: which row of a table, or which words, under which heading. A test finds
 * it there and compares, so that none is older than the page.
 */
export interface Figure {
  value: number;
  /** Heading in docs/benchmarks.md. */
  benchmark: string;
  /** The row's first cell, and the head of the column; of a cell with several numbers the one at `nth`, from 0. */
  at: { row: RegExp; column: RegExp; nth?: number } | { words: RegExp };
}

/** What one task did at its best, with commits that survive the loss of power where it writes to the database and nothing else is said. */
export interface Rate extends Figure {
  /** What is counted, a second. */
  of: string;
  note: string;
}

const PER_SECOND = /\/s(,|$)/;

export const rates = {
  dialog: {
    value: 5_882,
    of: 'commands',
    benchmark: 'dialog-engine',
    at: { row: /^ours: set-wise, 500 a transaction/, column: PER_SECOND },
    note: '500 a transaction, one connection',
  },
  outbound: {
    value: 12_170,
    of: 'planned messages',
    benchmark: 'outbound',
    at: { row: /^(ours: )?planned.* may go$/, column: PER_SECOND },
    note: '500 a transaction, one connection',
  },
  progress: {
    value: 4_939,
    of: 'batches of events',
    benchmark: 'progress',
    at: { row: /^(ours: )?set-wise, 500 a transaction/, column: PER_SECOND },
    note: '500 a transaction, one connection',
  },
  sender: {
    value: 979,
    of: 'texts',
    benchmark: 'fifo-sender',
    at: { row: /^ours, up to 200\b/, column: PER_SECOND },
    note: 'up to 200 requests at once, the default of `MAX_REQUESTS`; 2,710 with 1,000',
  },
  log: {
    value: 29_364,
    of: 'records',
    benchmark: 'log-persister',
    at: { row: /^ours: 500 a transaction/, column: PER_SECOND },
    note: '500 a transaction, one connection',
  },
  inbox: {
    value: 3_302,
    of: 'texts',
    benchmark: 'inbox',
    at: { row: /^ours: 500 a transaction/, column: PER_SECOND },
    note: 'each text passes its two consumers; one connection',
  },
  campaigns: {
    value: 5_847,
    of: 'people',
    benchmark: 'campaign-dispatch',
    at: { row: /^1,000,000$/, column: PER_SECOND },
    note: 'of a million: loaded and dispatched',
  },
  gateway: {
    value: 3_726,
    of: 'webhooks',
    benchmark: 'webhook',
    at: { row: /^ours: what comes together/, column: PER_SECOND },
    note: 'with signature and consent, client on the same cores',
  },
  api: {
    value: 1_562,
    of: 'pages of 50 rows',
    benchmark: 'api',
    at: { row: /^ours: a page of 50/, column: PER_SECOND },
    note: 'client on the same cores',
  },
} as const satisfies Record<string, Rate>;

/** Microseconds of a processor, milliseconds where it says so. */
export const costs = {
  /** Of the process of the dialog, not of PostgreSQL, for a command. */
  dialogProcess: {
    value: 61,
    benchmark: 'dialog-engine',
    at: { words: /a command takes ([\d,.]+) us of a processor/ },
  },
  /** Of PostgreSQL, for a record of the log. */
  logDatabase: {
    value: 12.5,
    benchmark: 'log-persister',
    at: { words: /([\d,.]+) us of PostgreSQL/ },
  },
  /** Of process and PostgreSQL together, one waiting for the other, for a person of a campaign. */
  campaignLoad: {
    value: 12.6,
    benchmark: 'campaign-dispatch',
    at: { row: /^1,000,000$/, column: /^load, us each/ },
  },
  campaignDispatch: {
    value: 158,
    benchmark: 'campaign-dispatch',
    at: { row: /^1,000,000$/, column: /^dispatch, us each/ },
  },
  /** Of PostgreSQL, in milliseconds, for a text: with up to 1,000 requests at once, and with the default. */
  senderDatabase: {
    value: 0.51,
    benchmark: 'fifo-sender',
    at: { row: /^ours, up to 1,000 requests/, column: /PostgreSQL/, nth: 1 },
  },
  senderDatabaseByDefault: {
    value: 1.12,
    benchmark: 'fifo-sender',
    at: { row: /^ours, up to 200\b/, column: /PostgreSQL/, nth: 1 },
  },
  /** Of the process, for a row of the outbox; and rows a second, none of which fail. */
  relayProcess: {
    value: 40,
    benchmark: 'outbox-relay',
    at: { row: /^(none|ours: 64 slots)/, column: /us of a processor a row/ },
  },
  relayRows: {
    value: 11_814,
    benchmark: 'outbox-relay',
    at: { row: /^(none|ours: 64 slots)/, column: PER_SECOND },
  },
} as const satisfies Record<string, Figure>;

/**
 * What PostgreSQL took of a processor for a text that was answered, in us: through the whole local stack with durable commits, one task
 * of each service and 50 texts a second, which is about what a sender is planned for.
 */
export const endToEnd = {
  value: 3_787,
  benchmark: 'end-to-end',
  at: { words: /PostgreSQL's processes took ([\d,.]+) us of a processor each/ },
} as const satisfies Figure;

export const SHARES = {
  /** Of messages, those that somebody planned: the others are answers. */
  planned: queues['sms-bulk.fifo'].traffic.perMessage,
  callsPerMessage: queues['voice.fifo'].traffic.perMessage,
} as const;
