import { setTimeout as delay } from 'node:timers/promises';
import { inboundCommandId } from '#shared/identity.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { killServing } from '../driver/kills.ts';
import type { ChattingPhone } from '../driver/phone.ts';
import { recordsOf } from '../driver/streams.ts';
import type { System } from '../driver/system.ts';
import { type GateName, whileShut } from './gates.ts';

/** One kill, and what was seen at that moment. */
export interface Kill {
  service: string;
  gap: string;
  /** Whether the process was in the gap when it was killed, as seen from outside. */
  hit: boolean;
  /** What stood open: rows, texts or requests, in words. */
  open: string;
  /** Real time, ms since 1970. */
  at: number;
}

/** A gap between two effects of a service, and how to kill the service in it. */
export interface Aim {
  service: string;
  gap: string;
  kill(world: World): Promise<Kill>;
}

export interface World {
  system: System;
  phones: readonly ChattingPhone[];
  /** Makes a campaign to people whom nobody has written to. */
  draftCampaign(): Promise<Draft>;
  /** Makes a campaign that calls people. */
  draftCalls(): Promise<Draft>;
  /** Makes up a text that the API is asked for until it answers. */
  draftText(): Promise<Draft>;
}

/** What has not begun. */
interface Draft {
  start(): Promise<unknown>;
}

/** How long an aim waits for its gap before it kills all the same. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 3;

async function until(look: () => Promise<boolean>, ms = PATIENCE_MS): Promise<boolean> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if (await look()) return true;
    await delay(LOOK_MS);
  }
  return false;
}

/** Kills the service as it serves now; waits for it to serve first. */
async function killNow({ system }: World, service: string): Promise<number> {
  if (!(await until(() => killServing(system, service)))) throw new Error(`${service} did not serve`);
  return Date.now();
}

async function count(world: World, sql: string, values: readonly unknown[] = []): Promise<number> {
  const { rows } = await world.system.database.query<{ count: number }>(sql, [...values]);
  return rows[0]?.count ?? 0;
}

const outboxOf = (world: World, producer: string): Promise<number> =>
  count(world, 'SELECT count(*)::int AS count FROM outbox WHERE producer = $1', [producer]);

const posting = (world: World, channel: 'sms' | 'voice' = 'sms'): Promise<number> =>
  count(world, "SELECT count(*)::int AS count FROM attempt WHERE state = 'posting' AND channel = $1", [
    channel,
  ]);

/**
 * Killed while its transaction stands at a gate. `left` says what the database holds once the gate is open; `prepare` makes what leads
 * there, if nothing does by itself: what it resolves with is begun when the gate is shut.
 */
const atGate = (
  service: string,
  gap: string,
  gate: GateName,
  left: (world: World) => Promise<string>,
  prepare?: (world: World) => Promise<Draft>,
): Aim => ({
  service,
  gap,
  kill: async (world) => {
    const draft = await prepare?.(world);
    await until(async () => (await world.system.pidOf(service)) !== undefined);
    let begun: Promise<unknown> | undefined;
    const seen = await whileShut(world.system.database, gate, async (standing) => {
      begun = draft?.start();
      begun?.catch(() => undefined); // told when everything is over
      const hit = await until(async () => (await standing()) > 0);
      return { hit, at: await killNow(world, service) };
    });
    await delay(30);
    const open = await left(world);
    await begun;
    return { service, gap, ...seen, open };
  },
});

/** How long a frozen emulator is left so: what it acknowledged before is known by then to whoever asked. */
const FROZEN_MS = 60;

/**
 * Killed while the emulator that it publishes to stands still: its request is on its way, its answer is not. Repeats
 * the freezing until something stands open.
 */
async function killWhileFrozen(
  world: World,
  service: string,
  emulator: 'kinesis' | 'sqs' | 'carrier',
  open: () => Promise<number>,
): Promise<{ open: number; at: number }> {
  const pid = (await world.system.pids()).get(emulator);
  if (pid === undefined) throw new Error(`${emulator} is away`);
  await until(async () => (await world.system.pidOf(service)) !== undefined);
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    await until(async () => (await open()) > 0);
    process.kill(pid, 'SIGSTOP');
    try {
      await delay(FROZEN_MS);
      const found = await open();
      if (found > 0 || performance.now() > end) return { open: found, at: await killNow(world, service) };
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  }
}

const whilePublishing = (service: string, emulator: 'kinesis' | 'sqs', words: string): Aim => {
  const gap = 'published, not acknowledged';
  return {
    service,
    gap,
    kill: async (world) => {
      const { at, open } = await killWhileFrozen(world, service, emulator, () => outboxOf(world, service));
      return { service, gap, hit: open > 0, open: `${open} ${words}`, at };
    },
  };
};

/** The texts that stood unanswered at the kill; those of them that the stream had are the ones in the gap. */
const gatewayPut: Aim = {
  service: 'gateway',
  gap: 'put, not answered',
  kill: async (world) => {
    let texts: string[] = [];
    const { at } = await killWhileFrozen(world, 'gateway', 'kinesis', async () => {
      texts = world.phones.flatMap(({ unanswered }) => unanswered ?? []);
      return texts.length;
    });
    await delay(THAWED_MS);
    const bodies = (await recordsOf(world.system.kinesisUrl, 'dialog-commands')).join('\n');
    const put = texts.filter((id) => bodies.includes(inboundCommandId('twilio', id)));
    return {
      service: 'gateway',
      gap: 'put, not answered',
      hit: put.length > 0,
      open: `${put.length} of ${texts.length} unanswered texts were on the stream`,
      at,
    };
  },
};

/** For an emulator to do what it was asked before it stood still; a service that was killed is not back by then. */
const THAWED_MS = 100;

/** How many calls the carrier has of which the caller does not know. */
async function callsUnheardOf(world: World): Promise<number> {
  const { rows } = await world.system.database.query<{ phone: PhoneNumber; accepted: number }>(
    `SELECT phone_number AS phone, count(*) FILTER (WHERE state = 'accepted')::int AS accepted
       FROM attempt WHERE channel = 'voice' GROUP BY 1 HAVING bool_or(state = 'posting')`,
  );
  const found = await Promise.all(
    rows.map(async ({ accepted, phone }) => (await world.system.simulator.calls(phone)).length - accepted),
  );
  return found.reduce((sum, count) => sum + count, 0);
}

/** For the carrier to have made a call that it was asked for; a caller that was killed is not back by then. */
const CALLED_MS = 500;

/** What it had asked for is a call at the carrier a moment later, and nobody is there to hear so. */
const callerRequest: Aim = {
  service: 'caller',
  gap: 'requested, not answered',
  kill: async (world) => {
    const draft = await world.draftCalls();
    await until(async () => (await world.system.pidOf('caller')) !== undefined);
    const begun = draft.start();
    begun.catch(() => undefined); // told when everything is over
    const { at } = await killWhileFrozen(world, 'caller', 'carrier', () => posting(world, 'voice'));
    let open = 0;
    await until(async () => {
      open = await callsUnheardOf(world);
      return open > 0;
    }, CALLED_MS);
    await begun;
    return {
      service: 'caller',
      gap: 'requested, not answered',
      hit: open > 0,
      open: `${open} calls that the caller did not know of`,
      at,
    };
  },
};

export const aims = {
  gatewayPut,
  dialogCommit: atGate(
    'dialog',
    'committed, not published',
    'dialogCommit',
    async (world) => `${await outboxOf(world, 'dialog')} records in the outbox`,
  ),
  dialogPublish: whilePublishing('dialog', 'kinesis', 'records in the outbox'),
  outboundCommit: atGate(
    'outbound',
    'committed, not published',
    'outboundCommit',
    async (world) => `${await outboxOf(world, 'outbound')} turns in the outbox`,
  ),
  campaignsCommit: atGate(
    'campaigns',
    'planned, not published',
    'planCommit',
    async (world) => `${await outboxOf(world, 'campaigns')} turns in the outbox`,
    (world) => world.draftCampaign(),
  ),
  outboundPublish: whilePublishing('outbound', 'sqs', 'turns in the outbox'),
  progressPublish: whilePublishing('progress', 'kinesis', 'commands in the outbox'),
  progressCommit: atGate(
    'progress',
    'committed, not published',
    'progressCommit',
    async (world) => `${await outboxOf(world, 'progress')} commands in the outbox`,
  ),
  senderClaim: atGate(
    'sender',
    'claimed, not requested',
    'claimCommit',
    async (world) => `${await posting(world)} attempts posting`,
  ),
  senderRequest: {
    service: 'sender',
    gap: 'requested, not answered',
    kill: async (world) => {
      await until(async () => (await world.system.pidOf('sender')) !== undefined);
      const hit = await until(
        async () =>
          (await posting(world)) > 0 && (await world.system.simulator.stats()).inFlight.requests > 0,
      );
      const at = await killNow(world, 'sender');
      return {
        service: 'sender',
        gap: 'requested, not answered',
        hit,
        open: `${await posting(world)} attempts posting`,
        at,
      };
    },
  },
  senderOutcome: atGate(
    'sender',
    'answered, not committed',
    'outcomeInside',
    async (world) => `${await posting(world)} attempts posting`,
  ),
  callerClaim: atGate(
    'caller',
    'claimed, not requested',
    'callClaimCommit',
    async (world) => `${await posting(world, 'voice')} calls posting`,
    (world) => world.draftCalls(),
  ),
  callerRequest,
  callerOutcome: atGate(
    'caller',
    'answered, not committed',
    'callOutcomeInside',
    async (world) => `${await posting(world, 'voice')} calls posting`,
    (world) => world.draftCalls(),
  ),
  apiCommit: atGate(
    'api',
    'committed, not answered',
    'replyCommit',
    async () => 'a text that was asked for',
    (world) => world.draftText(),
  ),
  logCommit: atGate('log', 'committed, not known', 'logCommit', async () => 'a batch'),
  logInside: atGate('log', 'applied, not committed', 'logInside', async () => 'a batch'),
  inboxTexts: atGate('inbox', 'texts committed, not known', 'textsCommit', async () => 'a batch'),
  inboxDialog: atGate(
    'inbox',
    'what the dialog made of texts, not committed',
    'takenInside',
    async () => 'a batch',
  ),
} satisfies Record<string, Aim>;
export type AimName = keyof typeof aims;
