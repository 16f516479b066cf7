import { type StreamName, type StreamRow, streams } from '#shared/topology.ts';
import { assumptions } from '../../cost/assumptions.ts';
import { costs, endToEnd, type Figure, rates, SHARES } from './measured.ts';

/** At best, with full batches and many requests at once; and at the pace that a task is planned for, with what is set by default. */
export interface Work {
  least: number;
  most: number;
}

/** One part of what a message costs the database. */
export interface WorkPart {
  part: string;
  /** For one of what it is done for, in us of PostgreSQL's processor. */
  each: number;
  /** How many of those come with a message that goes out, the texts that come back included. */
  perMessage: number;
  /** What they are. */
  of: string;
  /** How `each` comes of figures of docs/benchmarks.md. */
  derived: string;
}

const { textsPerDay, messagesPerDay } = assumptions.prod;
const TEXTS_PER_MESSAGE = textsPerDay / messagesPerDay;
const recordsOf = (stream: StreamName): number => {
  const { traffic }: StreamRow = streams[stream];
  return traffic.perMessage + traffic.perText * TEXTS_PER_MESSAGE;
};
/** Processors that each benchmark had. */
const PROCESSORS = 2;
/** Of one connection that is never without work: what each takes, by the clock. Its process of PostgreSQL took no more than that. */
const ofOneConnection = ({ value }: Pick<Figure, 'value'>): number => 1e6 / value;
const thousands = (value: number): string => value.toLocaleString('en-US');

/**
 * What a message costs the database, part by part. Where nobody measured PostgreSQL's own processor, the time of the connection
 * stands for it, which is more: the process and the disk take some of it.
 */
export const workParts: readonly WorkPart[] = [
  {
    part: 'sender: claim, attempt, record',
    each: 1e3 * costs.senderDatabase.value,
    perMessage: 1,
    of: 'message',
    derived: `measured (fifo-sender), with up to 1,000 requests at once; with 200, the default, and 20 phones a claim ${thousands(1e3 * costs.senderDatabaseByDefault.value)}`,
  },
  {
    part: 'progress',
    each: ofOneConnection(rates.progress),
    perMessage: recordsOf('dialog-events'),
    of: 'batches of events',
    derived: `at most: 1 s / ${thousands(rates.progress.value)} (progress), process and disk included; each batch taken to be one of a lesson`,
  },
  {
    part: 'dialog',
    each: ofOneConnection(rates.dialog) - costs.dialogProcess.value,
    perMessage: recordsOf('dialog-commands'),
    of: 'commands',
    derived: `at most: 1 s / ${thousands(rates.dialog.value)} less the ${costs.dialogProcess.value} us of the process (dialog-engine), disk included`,
  },
  {
    part: 'campaigns',
    each: costs.campaignLoad.value + costs.campaignDispatch.value,
    perMessage: SHARES.planned,
    of: 'planned messages',
    derived: 'at most: loaded and dispatched (campaign-dispatch, of a million), process included',
  },
  {
    part: 'inbox',
    each: ofOneConnection(rates.inbox),
    perMessage: TEXTS_PER_MESSAGE,
    of: 'texts',
    derived: `at most: 1 s / ${thousands(rates.inbox.value)} (inbox), process included`,
  },
  {
    part: 'outbox',
    // It has several connections at once, which can have kept both processors busy.
    each: PROCESSORS * ofOneConnection(costs.relayRows) - costs.relayProcess.value,
    // A record of the log of each message, and a turn of each that is planned.
    perMessage: 1 + SHARES.planned,
    of: 'rows',
    derived: `at most: both processors for 1 s / ${thousands(costs.relayRows.value)}, less the ${costs.relayProcess.value} us of the process (outbox-relay); the stream included`,
  },
  {
    part: 'outbound',
    each: ofOneConnection(rates.outbound),
    perMessage: 1,
    of: 'message',
    derived: `at most: 1 s / ${thousands(rates.outbound.value)} (outbound), process included`,
  },
  {
    part: 'log',
    each: costs.logDatabase.value,
    perMessage: recordsOf('message-log'),
    of: 'records',
    derived: 'measured (log-persister)',
  },
];

/** The parts together, for a message that goes out, in us. */
export const sumOfParts = workParts.reduce((sum, { each, perMessage }) => sum + each * perMessage, 0);

/** What a message costs the database, in us of its processor. */
export const databaseWork: Work = { least: sumOfParts, most: endToEnd.value };
