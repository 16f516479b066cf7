import {
  type ServiceName,
  type ServiceRow,
  type StreamName,
  type StreamRow,
  services,
  streamConsumers,
  streams,
} from '#shared/topology.ts';
import { defaultsByClass } from '../../config/defaults.ts';
import { assumptions } from '../../cost/assumptions.ts';
import { CARRIER_MESSAGES_PER_SECOND, TURNS_IN_HAND } from '../simulation/environment.ts';
import { databaseWork, sumOfParts, type Work, workParts } from './database-work.ts';
import { endToEnd, rates } from './measured.ts';
import { demandOf, type moneyOf } from './money.ts';
import {
  BUSIEST_HOUR,
  CONNECTIONS,
  CONNECTIONS_PER_TASK,
  IN_USE,
  MOST_CONNECTIONS,
  MOST_IN_FLIGHT,
  PROCESSORS_PER_ACU,
  recordsToEach,
  SHARD,
  type Size,
  sizeFor,
  turnsInHand,
} from './size.ts';

/** Sizes that docs/scaling.md shows, in messages a day. */
export const DEMANDS = [1_000_000, 10_000_000, 100_000_000] as const;

const rows = services as Readonly<Record<ServiceName, ServiceRow>>;
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const table = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const words = (messages: number): string => `${messages / 1_000_000} million a day`;

/** Shards, tasks, connections and capacity of each size. */
export function sizesTable(): string {
  const sizes = DEMANDS.map((messages) => sizeFor(demandOf(messages)));
  const row = (label: string, value: (size: Size) => string): string[] => [label, ...sizes.map(value)];
  return table(
    ['in the busiest hour', ...DEMANDS.map(words)],
    [
      row('messages a second', (size) => whole(size.messagesPerSecond)),
      row('texts of people a second', (size) => whole(size.textsPerSecond)),
      ...(Object.keys(streams) as StreamName[]).map((name) =>
        row(
          `shards of \`${name}\``,
          ({ streams: { [name]: stream } }) => `${stream.shards} (${stream.limit})`,
        ),
      ),
      ...(Object.keys(services) as ServiceName[]).map((name) =>
        row(`tasks of ${name}`, (size) => String(size.services[name].tasks)),
      ),
      row('tasks in all', (size) => String(size.tasks)),
      row('connections to the database, at most', (size) => whole(size.connections)),
      row('connections while a version is replaced, at most', (size) => whole(size.connectionsWhileReplaced)),
      row('least `maxAcu` that allows these, ACU', (size) =>
        size.maxAcuOfConnections === null ? 'none: a lower `DB_POOL_MAX`' : String(size.maxAcuOfConnections),
      ),
      row(
        `capacity that the database needs, ACU (production may grow to ${defaultsByClass.prod.database.maxAcu})`,
        ({ acu: { least, most } }) => (least === most ? String(most) : `${least} at best, ${most} as set`),
      ),
      row(
        'entries of a text queue in flight, at most',
        ({ services: { sender } }) =>
          `${whole(sender.tasks * TURNS_IN_HAND)}${sender.tasks * TURNS_IN_HAND > MOST_IN_FLIGHT ? ': more than SQS allows' : ''}`,
      ),
      row('`TURNS_IN_HAND` of sender', ({ turnsInHand: { sender = TURNS_IN_HAND } }) =>
        sender < TURNS_IN_HAND ? `${sender}, to be set` : `${whole(sender)}, the default`,
      ),
    ],
  );
}

/** What a month of each size costs, in the sixth month. */
export function moneyTable(bills: readonly ReturnType<typeof moneyOf>[]): string {
  const [first] = bills;
  const names = (first?.components ?? []).map(([name]) => name);
  const of = (bill: ReturnType<typeof moneyOf>, name: string): number =>
    bill.components.find(([component]) => component === name)?.[1] ?? 0;
  const large = names.filter((name) => bills.some((bill) => of(bill, name) >= 0.02 * bill.total));
  const rest = (bill: ReturnType<typeof moneyOf>): number =>
    bill.total - large.reduce((sum, name) => sum + of(bill, name), 0);
  return table(
    ['dollars a month', ...DEMANDS.map(words)],
    [
      ...large.map((name) => [name, ...bills.map((bill) => whole(of(bill, name)))]),
      ['everything else', ...bills.map((bill) => whole(rest(bill)))],
      ['**in all**', ...bills.map(({ total }) => `**${whole(total)}**`)],
      [
        'dollars for 1,000 messages',
        ...bills.map(({ total }, at) => ((1_000 * total) / ((DEMANDS[at] ?? 1) * 30.4)).toFixed(3)),
      ],
    ],
  );
}

/** What a message costs the database, part by part, and in all as it was measured; and for how many that is enough. */
export function workTable(): string {
  const { maxAcu } = defaultsByClass.prod.database;
  const day = 100_000_000;
  const { acu } = sizeFor(demandOf(day));
  const parts = table(
    ['part', 'us each', 'for a message that goes out', 'us a message', 'how that is known'],
    [
      ...workParts.map(({ derived, each, of, part, perMessage }) => [
        part,
        whole(each),
        `${perMessage} ${of}`,
        whole(each * perMessage),
        derived,
      ]),
      ['**together**, at best', '', '', `**${whole(sumOfParts)}**`, 'the sum: batches are full'],
      [
        '**end to end**, as set',
        whole(endToEnd.value),
        '1 text with its answer',
        `**${whole(databaseWork.most)}**`,
        'measured (end-to-end): 50 texts a second, one task of each service',
      ],
    ],
  );
  const carried = ({ least, most }: Work): string =>
    `${millions(daily(acuTakes(maxAcu, most), 1))} messages a day as set and ${millions(daily(acuTakes(maxAcu, least), 1))} at best`;
  return `${parts}

So the ${maxAcu} units that the database of production may grow to are enough for ${carried(databaseWork)}. **${millions(day)} a day need ${acu.most} units as set, ${acu.least} at best: a larger \`maxAcu\` than production has.**`;
}

/** Messages a day at which something that takes so many a second is in use as far as it may be. */
const daily = (perSecond: number, perMessage: number): number =>
  (perSecond * IN_USE * 3_600) / BUSIEST_HOUR / perMessage;
const millions = (messages: number): string => {
  const value = messages / 1e6;
  return value >= 10 ? `${Math.round(value).toLocaleString('en-US')} million` : `${value.toFixed(1)} million`;
};

/** Messages a second that so many units carry, of which each costs so many us of a processor. */
const acuTakes = (acu: number, microseconds: number): number =>
  (acu * PROCESSORS_PER_ACU * 1e6) / microseconds;

/** Records, entries or requests of a service for a message that goes out, with the texts that come with it. */
function perMessageOf(service: ServiceName): number {
  const { messagesPerSecond, services: needs } = sizeFor(demandOf(1_000_000));
  return needs[service].perSecond / messagesPerSecond;
}

/** What the rate of a row counts. */
const PLANNED: Readonly<Record<ServiceRow['scaling']['by'], string>> = {
  'iterator-age': 'records',
  backlog: 'entries',
  requests: 'requests',
  processor: 'people',
};

/** Where each part saturates, and what is turned then. */
export function saturationTable(): string {
  const { prod } = defaultsByClass;
  const perDay = assumptions.prod;
  const shares = perDay.textsPerDay / perDay.messagesPerDay;
  const perStream = (name: StreamName): number => {
    const { traffic }: StreamRow = streams[name];
    return traffic.perMessage + traffic.perText * shares;
  };
  const stream = (name: StreamName): string[] => {
    const consumers = streamConsumers.filter((row) => row.stream === name);
    const written = Math.min(SHARD.recordsIn, SHARD.bytesIn / perDay.recordBytes);
    const each = recordsToEach(name, perDay.recordBytes);
    const takes = Math.min(written, each);
    const slowest = Math.min(...consumers.map(({ service }) => rows[service].ratePerTask));
    return [
      `a shard of \`${name}\``,
      `${whole(written)} records/s written (AWS)${each < written ? `, ${whole(each)} read by each of the ${consumers.length} who poll it and share what AWS gives` : ''}; its slowest task is planned for ${whole(slowest)} records/s`,
      millions(daily(Math.min(takes, slowest), perStream(name))),
      'shards (`carillon:streams.shards`), which let services have as many tasks; then `fanOut`, by which readers do not share',
    ];
  };
  const task = (name: keyof typeof rates, next: string): string[] => {
    const { benchmark, note, of, value: perSecond } = rates[name];
    const per = perMessageOf(name) || 1;
    return [
      `a task of ${name}`,
      `planned for ${whole(rows[name].ratePerTask)} ${PLANNED[rows[name].scaling.by]}/s; measured ${whole(perSecond)} ${of}/s (${benchmark}: ${note})`,
      name === 'api'
        ? 'does not follow messages'
        : `${millions(daily(rows[name].ratePerTask, per))} as planned, ${millions(daily(perSecond, per))} as measured`,
      next,
    ];
  };
  const database = (part: string, acu: number, next: string): string[] => {
    const [most, least] = [acuTakes(acu, databaseWork.least), acuTakes(acu, databaseWork.most)];
    return [
      part,
      `${acu} ACU, ${whole(least)} messages/s as set, ${whole(most)} at best (derived: ${whole(databaseWork.most)} and ${whole(databaseWork.least)} us of its processor each, above)`,
      `${millions(daily(least, 1))} as set, ${millions(daily(most, 1))} at best`,
      next,
    ];
  };
  return table(
    ['part', 'takes', 'enough for messages a day', 'what is turned next'],
    [
      [
        'the carrier, as in Pulumi.prod.yaml',
        `${CARRIER_MESSAGES_PER_SECOND} messages/s (the stack file)`,
        millions(daily(CARRIER_MESSAGES_PER_SECOND / IN_USE, 1)),
        'numbers in pools, each with its rate ([senders](senders.md)); a short code takes 100 a second, a registration of the highest class 225',
      ],
      [
        'an account at Twilio',
        '2,000 messages/s (error 63017)',
        millions(daily(2_000 / IN_USE, 1)),
        'numbers at the two other carriers; then an environment for each part of the people',
      ],
      stream('dialog-commands'),
      stream('dialog-events'),
      stream('message-log'),
      task(
        'gateway',
        'tasks, by themselves up to `maxTasks` (10); then `maxTasks`, and `requestsPerFiveMinutes` of the firewall',
      ),
      task('dialog', 'shards of dialog-commands'),
      task('outbound', 'shards of dialog-events'),
      task('progress', 'shards of dialog-events'),
      task(
        'sender',
        'tasks, by themselves as far as the pace of the carrier keeps them busy; then `maxTasks`; then `MAX_REQUESTS`, with which a task does more and the database less for each',
      ),
      task('log', 'shards of message-log'),
      task('inbox', 'shards of dialog-commands and dialog-events'),
      task('campaigns', 'tasks, up to `maxTasks`: they share what is due, row by row'),
      task('api', 'tasks, by themselves up to `maxTasks`'),
      database(
        'the database, as far as production may grow',
        prod.database.maxAcu,
        '`carillon:database.maxAcu`, without an interruption; then fewer and busier senders, with a higher `MAX_REQUESTS`',
      ),
      database(
        'the largest database',
        256,
        'an environment for each part of the people: nothing is shared between two of them',
      ),
      [
        'connections',
        `${whole(MOST_CONNECTIONS)} at most, with a \`maxAcu\` of ${CONNECTIONS.at(-1)?.maxAcu} or more (AWS); ${CONNECTIONS_PER_TASK} of a task at most, of twice as many tasks while a version is replaced`,
        millions(connectionsLast()),
        '`DB_POOL_MAX` of services with many tasks: a sender needs two or three',
      ],
      [
        'storage of the database',
        `128 TiB (AWS; twice that with some newer versions of the engine); ${whole(perDay.databaseBytesPerMessage)} bytes a message stay for good`,
        `of 100 million a day it is full after ${whole((128 * 1024 ** 4) / perDay.databaseBytesPerMessage / 1e8)} days`,
        'a smaller share of it: of the large tables only `decision` has a partition for each month today, and nothing is deleted; the others would be split in the same way, and old months archived',
      ],
      [
        'requests to a FIFO queue',
        '70,000/s of each kind (AWS, by message group, in us-east-1, us-west-2 and eu-west-1; 19,000 in us-east-2 and eu-central-1, fewer elsewhere)',
        `${millions(daily(19_000 / perDay.queueRequestsPerEntry, 1))}, ${millions(daily(70_000 / perDay.queueRequestsPerEntry, 1))} in the three`,
        'another region; messages of a phone keep to one queue',
      ],
      [
        'entries of a FIFO queue in flight',
        `${whole(MOST_IN_FLIGHT)} (AWS); ${whole(TURNS_IN_HAND)} of a sender at most (\`TURNS_IN_HAND\`), of twice as many tasks while a version is replaced`,
        `${millions(inFlightLast())}, with ${MOST_IN_FLIGHT / TURNS_IN_HAND / 2} senders`,
        '`TURNS_IN_HAND` of the sender, in `services.byName.sender.environment`: what the table above says; a task needs some seconds of its pace in hand, and what phones that pause hold',
      ],
      [
        'the cache',
        `${whole(prod.cache.maxEcpuPerSecond)} operations/s (the limit that is set)`,
        millions(daily(prod.cache.maxEcpuPerSecond, perDay.cacheOperationsPerMessage)),
        '`carillon:cache.maxEcpuPerSecond`',
      ],
    ],
  );
}

/** Messages a day, in millions, of the largest size of which this holds. */
function largest(holds: (size: Size) => boolean): number {
  let most = 1_000_000;
  while (holds(sizeFor(demandOf(most)))) most += 1_000_000;
  return most - 1_000_000;
}

/** Messages a day with which all connections are taken. */
const connectionsLast = (): number => largest((size) => size.connectionsWhileReplaced <= MOST_CONNECTIONS);

/** Messages a day up to which the sender holds what it holds by default. */
const inFlightLast = (): number =>
  largest(({ services: { sender } }) => turnsInHand(sender.tasks) === TURNS_IN_HAND);
