import assert from 'node:assert/strict';
import { fileOf } from '../../driver/contacts-file.ts';
import { zoneInDaytime } from '../../driver/daytime.ts';
import type { ClockMove } from '../../driver/withheld.ts';
import { eventually } from '../../eventually.ts';
import { Outreach } from '../../outreach/client.ts';
import type { Scenario, World } from '../scenario.ts';

const MINUTE_MS = 60_000;
/** Of each skip of business time: less than the quarter of an hour in which a message is an answer. */
const SKIP_MINUTES = 8;
const SKIPS = 3;
const DONE_MS = 120_000;

const skipMoves: ClockMove[] = [];
const stepMoves: ClockMove[] = [];

async function moving(moves: ClockMove[], ms: number, move: () => Promise<unknown>): Promise<void> {
  const from = Date.now();
  await move();
  moves.push({ from, to: Date.now(), ms });
}

export const skippedTime: Scenario = {
  name: 'skipped-time',
  says:
    'Business time is skipped forward three times, by 8 minutes each. The window of a second campaign opens in the last of ' +
    'these: none of its texts may go before, all must go then.',
  clockMoves: () => skipMoves,
  inflict: async (world) => {
    const { say, spare, system, untilTalking } = world;
    const window = await campaignThatOpens(world, (SKIPS - 1) * SKIP_MINUTES + SKIP_MINUTES / 2);
    let skips = 0;
    for (; skips < SKIPS; skips += 1) {
      await untilTalking();
      assert.equal((await window.heard()).length, 0, 'a campaign wrote before its window opened');
      await moving(skipMoves, SKIP_MINUTES * MINUTE_MS, () => system.skip({ by: `PT${SKIP_MINUTES}M` }));
    }
    await eventually(async () => assert.equal((await window.heard()).length, spare.length), DONE_MS);
    for (const { at } of await window.heard())
      assert.ok(new Date(at) >= window.opensAt, `one was sent at ${at}`);
    say(`time was skipped ${skips} times; ${spare.length} texts had waited for it`);
    return { 'times that business time was skipped': skips, 'texts that waited for it': spare.length };
  },
};

async function campaignThatOpens(
  { spare, system }: World,
  inMinutes: number,
): Promise<{ opensAt: Date; heard(): Promise<{ at: string }[]> }> {
  const outreach = await Outreach.of(system);
  const now = await system.now();
  const timeZone = zoneInDaytime(now);
  const list = await outreach.makeList('for those who wait');
  await outreach.importContacts(
    fileOf(spare, () => timeZone),
    list,
  );
  // Whole minutes, as people write them.
  const opensAt = new Date(Math.ceil(now.getTime() / MINUTE_MS + inMinutes) * MINUTE_MS);
  const timeThere = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' });
  const id = await outreach.makeCampaign({
    name: 'Later',
    type: 'sms',
    definition: {
      audience: { include: [list] },
      variants: [{ name: 'A', bodies: { en: 'Later for {{name}}' } }],
      windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: timeThere.format(opensAt), to: '20:59' }],
      timeZone,
      messagesPerSecond: 10,
    },
  });
  await outreach.tell(id, 'start');
  return {
    opensAt,
    heard: async () =>
      (await system.simulator.messages()).filter(
        ({ body, direction }) => direction === 'to_phone' && body.startsWith('Later for'),
      ),
  };
}

/** In s, one after the other. */
const STEPS = [-90, 90, 0];

export const clockSteps: Scenario = {
  name: 'clock-steps',
  says:
    'The clock of the machine that all services run on goes wrong: back by 90 s, on by 180 s, and back to what it was. Clocks of ' +
    'PostgreSQL, Kinesis, SQS and the carrier stay right.',
  clockMoves: () => stepMoves,
  inflict: async ({ say, troubles, untilTalking }) => {
    const inflicted = { 'steps back': 0, 'steps forward': 0 };
    let before = 0;
    for (const seconds of STEPS) {
      await untilTalking();
      await moving(stepMoves, (seconds - before) * 1_000, () => troubles.shiftClock(seconds * 1_000));
      inflicted[seconds < before ? 'steps back' : 'steps forward'] += 1;
      say(`the clock of services is ${seconds} s off`);
      before = seconds;
      await untilTalking();
    }
    return inflicted;
  },
};
