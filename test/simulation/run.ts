import { LEAST_TERMINAL_RANK } from '#shared/carriers/status.ts';
import { dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { ServiceName } from '#shared/topology.ts';
import { ChattingPhone } from '../driver/phone.ts';
import { understanding } from '../driver/phone-book.ts';
import { phonesOf } from '../driver/phones.ts';
import { faultsOf, faultsOfSending, recordsOfPhone } from '../driver/proof.ts';
import { CONSENT, CONTACTS, type Records } from '../driver/records.ts';
import type { Sample } from '../driver/sample.ts';
import type { Simulator } from '../driver/simulator.ts';
import { storyOf } from '../faults/story.ts';
import { campaignFaults, startCampaigns } from './campaigns.ts';
import { setCurrent } from './current.ts';
import type { Database } from './database.ts';
import { featuresOf } from './features.ts';
import { Simulation, type Tasks } from './simulation.ts';
import { Throttles } from './throttles.ts';
import { planOf } from './weather.ts';
import { WhatsApp } from './whatsapp.ts';
import { World } from './world.ts';

export interface Result {
  seed: number;
  faults: readonly string[];
  digest: string;
  counts: Readonly<Record<string, number>>;
}

export interface RunOptions {
  /** Given every line of what happens. */
  told?: (line: string) => void;
}

/** People write until there are so many texts, or nobody has written for so long: for longer than it takes until others take over. */
const TEXTS = { least: 5, most: 20 };
const SILENT_MS = 16_000;
/** How long it may take then until nothing is left to be done, in ms. */
const REST_MS = 150_000;
/** What is drawn for a moment of the talk comes within so many ms. */
const TALK_MS = 7_000;
/** Tasks that are stopped at any moment of a run, where all of them are stopped at every step. */
const STOPS = 20;
/** How often it is looked whether anything is left. */
const LOOK_MS = 1_500;

/** One run of a small system, all of which follows from the seed. */
export async function run(
  seed: number,
  database: Database,
  sample: Sample,
  { told }: RunOptions = {},
): Promise<Result> {
  await database.reset();
  const features = featuresOf(seed);
  const likely = features.hasThrottles ? 'campaigns' : null;
  const world = new World(seed, (random) => planOf(random, likely), told);
  const simulation = new Simulation(world, database, features.restless);
  const onRejection = (error: unknown): void => {
    simulation.unexpected.push(`nobody hears: ${error instanceof Error ? error.stack : String(error)}`);
  };
  process.on('unhandledRejection', onRejection);
  const throttles = features.hasThrottles ? new Throttles(simulation, database, features) : null;
  const whatsApp = features.hasWhatsApp ? new WhatsApp(simulation, database, features) : null;
  try {
    const withCampaigns = world.chance(0.4) || throttles !== null;
    simulation.start(tasksOf(world, { withCampaigns, withThrottles: throttles !== null }));
    const texts = Math.round(world.between(TEXTS.least, TEXTS.most));
    const mostThinkMs = world.pick(THINK_MS) ?? 900;
    const phones = phonesOf(AREAS, 2 + Math.floor(world.random() * 5)).map(
      (number) =>
        new ChattingPhone({
          number,
          simulator: (whatsApp?.phoneOf() ?? simulation.theCarrier) as unknown as Simulator,
          understand: understanding(sample),
          code: sample.code,
          random: world.random,
          thinkMs: { min: 20, max: mostThinkMs },
        }),
    );
    for (const phone of phones) {
      const knowsTheCode = world.chance(0.7);
      world.scheduler.after(world.between(100, 1_200), `${phone.number} begins`, null, async () => {
        if (!knowsTheCode) return await phone.start();
        await phone.listen();
        phone.write(sample.code);
      });
      // Whatever is on its way to them.
      if (world.chance(0.3))
        world.scheduler.after(world.between(600, TALK_MS), `${phone.number} has enough`, null, () =>
          phone.write('STOP'),
        );
    }
    await whatsApp?.make();
    // Several share a limit.
    const campaigns = (throttles === null ? 1 : 2) + Math.floor(world.random() * 2);
    const { ids, recipients } = withCampaigns
      ? await startCampaigns(simulation, database, {
          campaigns,
          people: 1 + Math.floor(world.random() * 5),
          throttleGroups: (await throttles?.make(campaigns)) ?? [],
          whatsApp,
        })
      : { ids: [], recipients: [] };
    throttles?.began(ids);
    if (world.chance(0.3)) {
      const stream =
        world.pick(['dialog-commands', 'dialog-events', 'message-log'] as const) ?? 'message-log';
      world.scheduler.after(world.between(1_000, TALK_MS), 'somebody splits a shard', null, () =>
        simulation.streams.split(stream),
      );
    }
    if (features.restless !== null) reshard(simulation, features.restless);
    if (world.chance(0.3)) {
      world.scheduler.after(world.between(2_000, TALK_MS), 'a rolling restart', null, () => {
        for (const task of simulation.tasks)
          if (task.alive)
            world.scheduler.after(world.between(0, 4_000), 'ends a task', null, () => void task.end());
      });
    }
    // Besides those in the middle of something: at any moment, whatever a task does then.
    for (let left = world.weather.stopped * STOPS; world.chance(left); left -= 1)
      world.scheduler.after(world.between(1_000, TALK_MS), 'somebody is stopped', null, () => {
        const task = world.pick(simulation.tasks.filter(({ alive }) => alive));
        if (task !== undefined && world.canStrike(task)) world.stop(task, 'any moment');
      });
    await world.scheduler.run(
      () => simulation.theCarrier.texts >= texts || world.now - simulation.theCarrier.lastTextAt > SILENT_MS,
      REST_MS,
    );
    for (const phone of phones) void phone.hangUp();
    world.calmDown();
    const idle = (await throttles?.giveIn()) ?? [];
    const rested = await untilAtRest(simulation, database, REST_MS);
    const records = await readRecords(simulation, database);
    const faults = [
      ...simulation.unexpected,
      ...(rested === null ? [] : [`did not come to rest: ${rested}`]),
      ...idle,
      ...((await throttles?.faults()) ?? []),
      ...((await whatsApp?.faults()) ?? []),
      ...(await leftovers(database)),
      ...(await campaignFaults({ recipients, ids, isNoon: world.isNoon }, records, database)),
      ...phones.flatMap((phone) => {
        const its = recordsOfPhone(phone.number, phone.happenings, records);
        const found = faultsOf(its, sample);
        return found.length > 0 ? [`${found.join('\n')}\n${storyOf(its)}`] : [];
      }),
      ...[...recipients, ...(whatsApp?.people ?? [])].flatMap((person) => {
        const { happenings, phone } = person;
        const its = {
          ...recordsOfPhone(phone, happenings, records),
          areWindowsJudged: whatsApp !== null,
          isWrittenTo: !recipients.includes(person),
        };
        const found = faultsOfSending(its);
        return found.length > 0 ? [`${found.join('\n')}\n${storyOf(its)}`] : [];
      }),
    ];
    return {
      seed,
      faults,
      digest: world.scheduler.digest(),
      counts: {
        ...simulation.counts,
        ...simulation.connections.counts,
        ...simulation.theCarrier.counts,
        deadLetters: simulation.queues.deadLetters,
        happenings: world.scheduler.count,
        simulatedMs: Math.round(world.now),
        texts: records.carrier.filter(({ direction }) => direction === 'from_phone').length,
        messages: records.carrier.filter(({ direction }) => direction === 'to_phone').length,
      },
    };
  } finally {
    process.off('unhandledRejection', onRejection);
    for (const task of simulation.tasks) await simulation.connections.abandon(task);
    await throttles?.end();
    await whatsApp?.end();
    setCurrent(null);
  }
}

/** A shard of a stream is split, and two of its shards are merged, while people write. */
function reshard({ streams, world: { scheduler } }: Simulation, random: () => number): void {
  const stream = (['dialog-commands', 'dialog-events', 'message-log'] as const)[Math.floor(random() * 3)];
  if (stream === undefined) return;
  const splitAt = 500 + random() * 2_500;
  scheduler.after(splitAt, 'somebody splits a shard', null, () => streams.split(stream));
  scheduler.after(splitAt + 500 + random() * TALK_MS, 'somebody merges two shards', null, () =>
    streams.merge(stream, random),
  );
}

/** Of each service one task; of some, two. */
function tasksOf(
  world: World,
  { withCampaigns, withThrottles }: { withCampaigns: boolean; withThrottles: boolean },
): Tasks {
  const { struck } = world;
  // Of those that are struck, others take over.
  const several = (service: ServiceName): number =>
    world.chance(struck === null ? 0.3 : struck.includes(service) ? 0.95 : 0.1) ? 2 : 1;
  return {
    gateway: several('gateway'),
    dialog: several('dialog'),
    outbound: several('outbound'),
    sender: several('sender'),
    progress: several('progress'),
    log: several('log'),
    // Those of a throttle group plan at the same time.
    ...(withCampaigns ? { campaigns: withThrottles ? 2 : several('campaigns') } : {}),
  };
}

const AREAS = ['415', '212'];

/** How long people think at most before they answer, in ms. */
const THINK_MS = [200, 900, 3_000];

/** Null when nothing is left to be done, else what is. */
async function untilAtRest(simulation: Simulation, database: Database, ms: number): Promise<string | null> {
  const { scheduler } = simulation.world;
  const end = scheduler.now + ms;
  let left = '';
  while (scheduler.now < end) {
    await scheduler.run(() => false, Math.min(end, scheduler.now + LOOK_MS));
    left = await unrest(simulation, database);
    if (left === '') return null;
  }
  return left;
}

/** Something before it, of the same phone, has to wait for the next day. */
const IS_BEHIND = `EXISTS (SELECT FROM message AS before
                            WHERE before.phone_number = message.phone_number AND before.ordinal < message.ordinal
                              AND before.state = 'held' AND before.due_at >= $1)`;

async function unrest({ streams, theCarrier, world }: Simulation, database: Database): Promise<string> {
  // What has to wait for the next day is left to it.
  const later = new Date(world.time().getTime() + REST_MS);
  const [row] = await database.read<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM outbox) AS outbox,
            (SELECT count(*)::int FROM message
              WHERE (state IN ('queued', 'posting', 'ambiguous') OR state = 'held' AND due_at < $1)
                AND NOT (state = 'queued' AND lane = 'bulk' AND ${IS_BEHIND})) AS unsettled,
            (SELECT count(*)::int FROM campaign
              WHERE status IN ('scheduled', 'loading', 'active') AND due_at < $1) AS campaigns,
            (SELECT count(*)::int FROM campaign_delivery WHERE is_news) AS news,
            (SELECT count(*)::int FROM attempt WHERE state IN ('posting', 'ambiguous')) AS attempts,
            (SELECT count(*)::int FROM dialog_state
               CROSS JOIN (VALUES ('outbound'), ('progress')) AS followers(consumer)
              WHERE version > coalesce((SELECT event_position.version FROM event_position
                                         WHERE event_position.consumer = followers.consumer
                                           AND event_position.phone_number = dialog_state.phone_number), 0)) AS behind,
            (SELECT count(*)::int FROM message_log WHERE direction = 'inbound') AS texts,
            (SELECT count(*)::int FROM message_log WHERE direction = 'outbound') AS logged,
            (SELECT count(*)::int FROM processed_command) AS executed,
            (SELECT count(*)::int FROM message_log
              WHERE direction IS DISTINCT FROM 'inbound' AND status_rank < ${LEAST_TERMINAL_RANK}) AS "withoutEnd"`,
    [later],
  );
  if (row === undefined) throw new Error('no answer');
  const { executed = 0, logged = 0, texts = 0, ...rest } = row;
  const commands = new Set(
    streams
      .bodies('dialog-commands')
      .flatMap((body) => /"commandId":"([0-9a-f-]{36})"/.exec(body)?.[1] ?? []),
  );
  const sides = Map.groupBy(theCarrier.messages, ({ direction }) => direction);
  const left = {
    ...rest,
    webhooks: theCarrier.underWay,
    texts: (sides.get('from_phone')?.length ?? 0) - texts,
    // What is refused is logged as well.
    messages: (sides.get('to_phone')?.length ?? 0) + theCarrier.outside.length - logged,
    commands: commands.size - executed,
  };
  return Object.values(left).every((count) => count === 0) ? '' : JSON.stringify(left);
}

async function readRecords({ streams, theCarrier }: Simulation, database: Database): Promise<Records> {
  const executed = await database.read<{ command_id: string; processed_at: Date }>(
    'SELECT command_id, processed_at FROM processed_command',
  );
  const batches = await database.read<{ batch: DialogEventBatch }>(
    'SELECT batch FROM dialog_event_batch ORDER BY phone_number, version',
  );
  return {
    carrier: theCarrier.messages,
    commands: streams.bodies('dialog-commands').map((body) => dialogCommandSchema.parse(JSON.parse(body))),
    batches: batches.map(({ batch }) => batch),
    executed: new Map(executed.map((row) => [row.command_id, row.processed_at])),
    states: await database.read(
      'SELECT phone_number, version, state, drill FROM dialog_state LEFT JOIN dialog_drill ON hash = drill_hash',
    ),
    messages: await database.read(
      'SELECT message_id, phone_number, ordinal::int AS ordinal, lane, intent, body, state, rule, campaign_id, settled_at FROM message ORDER BY phone_number, ordinal',
    ),
    attempts: await database.read(
      'SELECT attempt_id, message_id, phone_number, state, carrier_message_id, posted_at, ended_at FROM attempt ORDER BY posted_at',
    ),
    log: await database.read(
      'SELECT carrier_message_id, direction, phone_number, body, status, message_id, attempt_id FROM message_log',
    ),
    consent: await database.read(CONSENT),
    contacts: await database.read(CONTACTS),
  };
}

async function leftovers(database: Database): Promise<string[]> {
  const rows = await database.read<{ consumer: string; state: string; reason: string }>(
    "SELECT consumer, state, reason FROM quarantined_record WHERE state IN ('quarantined', 'parked')",
  );
  const undecided = await database.read<{ message_id: string; intent: string }>(
    `SELECT message_id, intent FROM message
      WHERE state = 'sent' AND NOT EXISTS (SELECT FROM decision WHERE decision.message_id = message.message_id AND verdict = 'send')`,
  );
  const wrong = await database.read<{ says: string }>('SELECT says FROM simulated.wrong ORDER BY says');
  return [
    ...wrong.map(({ says }) => says),
    ...rows.map(({ consumer, reason, state }) => `${consumer} has a ${state} record: ${reason}`),
    ...undecided.map(({ intent, message_id }) => `message ${message_id} (${intent}) went without a decision`),
  ];
}
