import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { SendingChannel } from '#shared/sending/channel.ts';
import { claim } from '#shared/sending/claim.ts';
import type { Settlement } from '#shared/sending/outcome.ts';
import { recordOutcomes } from '#shared/sending/record-outcomes.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { textFor } from '#shared/texts/texts.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { zoneInDaytime } from '../driver/daytime.ts';
import { OUR_NUMBER } from '../driver/our-number.ts';
import { CAPPED_AREAS, FREE_AREAS, phonesOf } from '../driver/phones.ts';
import { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import { CAP, plan } from './plan.ts';

/**
 * A campaign is under way to many phones; a third of them text STOP in the middle of it, Redis is killed, and calls claim
 * the same people as the sender does. Afterwards every carrier request is held against what was answered when.
 */
export interface StormOptions {
  /** Half of them where marketing is capped. */
  phones: number;
  messagesEach: number;
  say(line: string): void;
}

export interface StormOutcome {
  counts: Record<string, number>;
  /** Empty when everything held. */
  faults: readonly string[];
}

const CALLS_EACH = 2;
const SETTLED_MS = 300_000;
/** What every confirmation says, whatever stands for its placeholders. */
const CONFIRMATION = (textFor('optOutConfirmation', 'en', null) ?? 'no text').split(/\{\{\w+\}\}/);
const isConfirmation = (body: string): boolean => CONFIRMATION.every((part) => body.includes(part));

/** What one phone saw and did, in the order of the carrier. */
interface Story {
  phone: PhoneNumber;
  /** Bodies that reached the carrier for it. */
  heard: string[];
  /** How many of them had when its STOP was answered; null: it sent none, or none was answered. */
  heardAtStop: number | null;
  answered: PromiseWithResolvers<void>;
}

export async function runStorm({ phones: count, messagesEach, say }: StormOptions): Promise<StormOutcome> {
  const system = await System.start({ gateway: { STATUS_FIRST_LOOK_MS: '3600000' } });
  try {
    const free = phonesOf(FREE_AREAS, count / 2);
    const capped = phonesOf(CAPPED_AREAS, count / 2);
    const stories = new Map([...free, ...capped].map((phone) => [phone, emptyStory(phone)]));
    await Promise.all([...stories.values()].map((story) => follow(system, story)));
    const timeZone = zoneInDaytime(new Date());
    const planned = { messages: messagesEach, sender: OUR_NUMBER, timeZone };
    await plan(system.database, { ...planned, phones: free, calls: 0 });
    await plan(system.database, { ...planned, phones: capped, calls: CALLS_EACH });
    say(`${count} phones, ${count * messagesEach} texts and ${capped.length * CALLS_EACH} calls planned`);

    const calling = new AbortController();
    const calls = callAll(system, capped, calling.signal);
    // Awaited at the end: when something else fails before, that is the error, and not that its database went away.
    calls.catch(() => undefined);
    const stopping = [...stories.values()].filter((_, index) => index % 3 === 0);
    const redis = (await system.pids()).get('redis');
    const stops = stopping.map(async (story, index) => {
      await delay(((index / stopping.length) * (count * messagesEach)) / 2);
      if (index === Math.floor(stopping.length / 2) && redis !== undefined) process.kill(redis, 'SIGKILL');
      await system.simulator.text(story.phone, 'STOP');
      await story.answered.promise;
    });
    await Promise.all(stops);
    say(`${stopping.length} phones stopped, Redis was killed in between`);
    // The messages of the plan can be at rest before the dialog has read the last STOP.
    await untilConfirmed(stopping);
    await untilSettled(system);
    calling.abort();
    const called = await calls;
    const redisRestarts = (await system.restarts()).get('redis') ?? 0;
    const faults = [
      ...(redisRestarts > 0 ? [] : ['Redis was not killed']),
      ...[...stories.values()].flatMap((story) => faultsOfStory(story, stopping.includes(story))),
      ...(await faultsOfRows(system, { free, capped, stopping, messagesEach })),
    ];
    return { counts: await countsOf(system, stopping.length, called), faults };
  } finally {
    await system.end();
  }
}

const confirmationsOf = ({ heard }: Story): number => heard.filter(isConfirmation).length;

/** Returns as well when a confirmation has not come within five minutes: the ledger then says whose. */
const untilConfirmed = (stopping: readonly Story[]): Promise<void> =>
  eventually(async () => {
    const missing = stopping.filter((story) => confirmationsOf(story) === 0);
    if (missing.length > 0) throw new Error(`${missing.length} phones wait for their confirmation`);
  }, SETTLED_MS).catch(() => undefined);

const emptyStory = (phone: PhoneNumber): Story => ({
  phone,
  heard: [],
  heardAtStop: null,
  answered: Promise.withResolvers<void>(),
});

async function follow(system: System, story: Story): Promise<void> {
  const seen = new Set<string>();
  await system.simulator.follow(story.phone, (message: PhoneView) => {
    if (message.direction === 'to_phone') {
      if (seen.has(message.id)) return;
      seen.add(message.id);
      story.heard.push(message.body);
    } else if (message.status === 'received') {
      story.heardAtStop ??= story.heard.length;
      story.answered.resolve();
    } else if (message.status !== 'receiving')
      story.answered.reject(new Error(`the STOP ended ${message.status}`));
  });
}

/** As the service does that makes calls, with the sender's own claim on the other channel. Returns how many it made. */
async function callAll(system: System, phones: readonly PhoneNumber[], signal: AbortSignal): Promise<number> {
  let made = 0;
  while (!signal.aborted) {
    for (let from = 0; from < phones.length && !signal.aborted; from += 50) {
      const now = new Date();
      const result = await claim(system.database, {
        phones: phones.slice(from, from + 50),
        carrier: 'twilio',
        heard: ['twilio'],
        channel: 'voice',
        gate: defaultGateConfig,
        clock: { now: () => now },
        inboundDoubtMs: 600_000,
        pacing: null,
        pseudonyms: testPseudonyms,
        newId: randomUUID,
      });
      if (result.kind === 'in_doubt') continue;
      const finished = result.claimed.map((claimed) => ({ ...claimed, settlement: answeredCall() }));
      if (finished.length > 0) {
        await recordOutcomes(system.database, finished, {
          via: calls,
          firstLookMs: 5_000,
          now,
          pseudonyms: testPseudonyms,
        });
      }
      made += finished.length;
    }
    await delay(150);
  }
  return made;
}

/** Nothing is told of them. */
const calls: SendingChannel = {
  channel: 'voice',
  producer: 'sender',
  logEntry: () => assert.fail('a call without a log was logged'),
  noteTaken: () => Promise.resolve(),
};

const answeredCall = (): Settlement => ({
  attempt: { state: 'accepted', carrierMessageId: `CA${randomUUID()}`, errorCode: null },
  message: { state: 'sent', rule: null, heldMs: null, counts: true, deferrals: 0 },
  pauseMs: 0,
  suppress: false,
  refusal: null,
  halt: null,
  log: null,
});

/** What waits behind one that a cap holds, in its lane. */
const BEHIND_A_CAP = `EXISTS (SELECT FROM message AS head
   WHERE head.phone_number = message.phone_number AND head.channel = message.channel
     AND head.ordinal < message.ordinal AND head.state = 'held' AND head.rule = 'frequency_cap')`;

/** Nothing is on its way, and nothing waits but for a cap. */
const untilSettled = (system: System): Promise<void> =>
  eventually(async () => {
    const { rows } = await system.database.query<{ state: string; rule: string | null; count: number }>(
      `SELECT state, rule, count(*)::int AS count FROM message
        WHERE state IN ('posting', 'ambiguous') OR state = 'held' AND rule <> 'frequency_cap'
           OR state = 'queued' AND NOT ${BEHIND_A_CAP}
        GROUP BY state, rule`,
    );
    const outbox = await system.database.query('SELECT FROM outbox LIMIT 1');
    if (rows.length > 0 || outbox.rowCount !== 0) throw new Error(`not settled: ${JSON.stringify(rows)}`);
  }, SETTLED_MS);

function faultsOfStory({ phone, heard, heardAtStop }: Story, stopped: boolean): string[] {
  const twice = heard.filter((body, index) => heard.indexOf(body) !== index);
  const faults = twice.map((body) => `${phone} got "${body}" twice`);
  const confirmations = heard.filter(isConfirmation).length;
  if (confirmations !== (stopped ? 1 : 0))
    faults.push(`${phone} got ${confirmations} confirmations of a STOP`);
  const odd = heard.filter((body) => !isConfirmation(body) && !body.startsWith('Offer'));
  faults.push(...odd.map((body) => `${phone} got "${body}", which nobody planned`));
  if (!stopped) return faults;
  if (heardAtStop === null) return [...faults, `the STOP of ${phone} was never answered`];
  const offers = heard.slice(heardAtStop).filter((body) => body.startsWith('Offer'));
  if (offers.length > 0) faults.push(`${phone} got ${offers.join(', ')} after its STOP was answered`);
  return faults;
}

async function faultsOfRows(
  system: System,
  {
    free,
    capped,
    stopping,
    messagesEach,
  }: {
    free: readonly PhoneNumber[];
    capped: readonly PhoneNumber[];
    stopping: readonly Story[];
    messagesEach: number;
  },
): Promise<string[]> {
  const stopped = new Set(stopping.map(({ phone }) => phone));
  const { rows } = await system.database.query<{
    phone: PhoneNumber;
    touches: number;
    texts: number;
    odd: number;
  }>(
    `SELECT phone_number AS phone,
            (SELECT count(*)::int FROM attempt WHERE attempt.phone_number = message.phone_number
                AND touched_at IS NOT NULL) AS touches,
            count(*) FILTER (WHERE channel = 'sms' AND state = 'sent' AND intent = 'marketing')::int AS texts,
            count(*) FILTER (WHERE state NOT IN ('sent', 'held', 'blocked', 'queued'))::int AS odd
       FROM message GROUP BY phone_number`,
  );
  const byPhone = new Map(rows.map((row) => [row.phone, row]));
  const faults: string[] = [];
  for (const phone of [...free, ...capped]) {
    const row = byPhone.get(phone);
    if (row === undefined || row.odd > 0) faults.push(`${phone} has messages in odd states`);
    else if (capped.includes(phone)) {
      if (row.touches > CAP) faults.push(`${phone} was touched ${row.touches} times in a day`);
      if (!stopped.has(phone) && row.touches !== CAP)
        faults.push(`${phone} was touched ${row.touches} times, not ${CAP}`);
    } else if (!stopped.has(phone) && row.texts !== messagesEach) {
      faults.push(`${phone} got ${row.texts} of ${messagesEach} texts`);
    }
  }
  const { rows: undecided } = await system.database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM message
      WHERE state <> 'queued' AND NOT EXISTS (SELECT FROM decision WHERE decision.message_id = message.message_id
                           AND decision.verdict = CASE message.state WHEN 'sent' THEN 'send' WHEN 'held' THEN 'hold'
                                                                     WHEN 'blocked' THEN 'block' END)`,
  );
  if ((undecided[0]?.count ?? 0) > 0)
    faults.push(`${undecided[0]?.count} messages have no decision of their state`);
  return faults;
}

async function countsOf(system: System, stops: number, calls: number): Promise<Record<string, number>> {
  const { rows } = await system.database.query<{ name: string; count: number }>(
    `SELECT channel || ' ' || intent || ' ' || state || coalesce(' ' || rule, '') AS name, count(*)::int AS count
       FROM message GROUP BY 1 ORDER BY 1`,
  );
  const decisions = await system.database.query<{ decisions: number; inputs: number }>(
    `SELECT (SELECT count(*)::int FROM decision) AS decisions, (SELECT count(*)::int FROM decision_inputs) AS inputs`,
  );
  return {
    stops,
    calls,
    ...Object.fromEntries(rows.map(({ name, count }) => [name, count])),
    ...decisions.rows[0],
  };
}
