import assert from 'node:assert/strict';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { composeCall } from '#shared/voice/compose.ts';
import { zoneInDaytime } from '../test/driver/daytime.ts';
import { inParts } from '../test/driver/in-parts.ts';
import { OUR_NUMBER } from '../test/driver/our-number.ts';
import { phonesOf } from '../test/driver/phones.ts';
import { planBoth } from '../test/driver/plan-both.ts';
import { System } from '../test/driver/system.ts';
import { eventually } from '../test/eventually.ts';
import { AREA_CODES } from '../test/ladders/people.ts';
import { publish, type Row } from './figures.ts';
import { benchmarkArguments } from './harness.ts';

/**
 * Whether texts and calls keep out of each other's way, through the whole local stack: the pace of texts by themselves, and
 * while more calls wait than there are lines; the pace of calls by themselves, and behind a backlog of texts.
 * Gate: each text and each call reached the carrier once, lines were full and calls waited as long as the texts beside them
 * went, texts waited as long as the calls beside them were made.
 *
 *   node bench/channel-pools.bench.ts [--quick] [--json FILE]
 */
const { quick, json } = benchmarkArguments();
const ROUNDS = quick ? 1 : 3;
const TEXTS_PER_SECOND = 30;
const CALLS_PER_SECOND = 15;
const LINES = 60;
/** How many times faster than life calls go. A call that nobody takes rings for 25 s of life. */
const SPEED = 5;
const TEXTS = 240;
const CALLS = 120;
/** 60 lines make 12 calls a second that nobody takes: 20 s. */
const UNTAKEN_CALLS = 240;
/** 32 s: calls are behind all of it, also where they are slow. */
const BACKLOG = 960;
const TAKEN = { answers: 'human', afterMs: 500, hangsUpAfterMs: 2_000 } as const;
const SETTLED_MS = 240_000;

/** People of a round: nobody is in two, as caps of a day would hold what is for them. */
const PEOPLE = TEXTS + CALLS + UNTAKEN_CALLS + TEXTS + BACKLOG + CALLS;
const phones = phonesOf(AREA_CODES, ROUNDS * PEOPLE);
const take = (count: number): PhoneNumber[] => phones.splice(0, count);
const groupsOfRound = () => ({
  texts: take(TEXTS),
  calls: take(CALLS),
  untaken: take(UNTAKEN_CALLS),
  textsBeside: take(TEXTS),
  backlog: take(BACKLOG),
  callsBehind: take(CALLS),
});

const script = composeCall({
  language: 'en-US',
  organisation: 'Riverside County Health',
  tollFreeNumber: phoneNumber('+18005550142'),
  message: { say: 'Flu shots are free this week at every clinic of the county.' },
  menu: [],
});

const system = await System.start({
  gateway: { STATUS_FIRST_LOOK_MS: '3600000' },
  sender: { ACCOUNT_SEGMENTS_PER_SECOND: String(TEXTS_PER_SECOND) },
  caller: { CALLS_PER_SECOND: String(CALLS_PER_SECOND), MAX_CONCURRENT_CALLS: String(LINES) },
  carrier: {
    CARRIER_CALLS_PER_SECOND: '1000',
    CARRIER_CALL_SPEED: String(SPEED),
    CARRIER_SENT_AFTER_MS: '5-20',
    CARRIER_DELIVERED_AFTER_MS: '10-40',
  },
});
async function measure(round: number) {
  const { backlog, calls, callsBehind, texts, textsBeside, untaken } = groupsOfRound();
  await inParts([...calls, ...callsBehind], 50, (phone) => system.simulator.setLine(phone, TAKEN));
  await inParts(untaken, 50, (phone) => system.simulator.setLine(phone, { answers: 'no_answer' }));
  await plan({ texts });
  await settled(texts);
  await plan({ calls });
  await settled(calls);

  await plan({ calls: untaken });
  await eventually(async () => assert.equal(await underWay(), LINES), SETTLED_MS);
  await plan({ texts: textsBeside });
  await settled(textsBeside);
  assert.ok((await waiting(untaken)) > 0, 'no calls waited any more when the texts beside them had gone');
  await settled(untaken);

  await plan({ texts: backlog });
  await plan({ calls: callsBehind });
  await settled(callsBehind);
  assert.ok(
    (await waiting(backlog)) > 0,
    'no texts waited any more when the calls behind them had been made',
  );
  await settled(backlog);

  await eachOnce(round);
  return {
    'texts/s alone': paceOf(await textedAt(texts)),
    'texts/s while all lines are taken': paceOf(await textedAt(textsBeside)),
    'calls/s alone': paceOf(await calledAt(calls)),
    'calls/s behind a backlog of texts': paceOf(await calledAt(callsBehind)),
  };
}

/** When the carrier took the newest text to each, in ms. */
async function textedAt(of: readonly PhoneNumber[]): Promise<number[]> {
  const newest = new Map((await system.simulator.messages()).map(({ at, to }) => [to, Date.parse(at)]));
  return of.map((phone) => newest.get(phone) ?? assert.fail(`${phone} got no text`));
}

/** When it took the newest call to each. */
async function calledAt(of: readonly PhoneNumber[]): Promise<number[]> {
  const instants: number[] = [];
  await inParts(of, 50, async (phone) => {
    const call = (await system.simulator.calls(phone)).at(-1) ?? assert.fail(`${phone} was not called`);
    instants.push(Date.parse(call.at));
  });
  return instants;
}

const paceOf = (instants: readonly number[]): number => {
  const seconds = (Math.max(...instants) - Math.min(...instants)) / 1_000;
  return Math.round(((instants.length - 1) / seconds) * 10) / 10;
};

function plan({
  calls = [],
  texts = [],
}: {
  calls?: readonly PhoneNumber[];
  texts?: readonly PhoneNumber[];
}) {
  return planBoth(system.database, {
    phones: [...texts, ...calls],
    textsEach: texts.length > 0 ? 1 : 0,
    callsEach: calls.length > 0 ? 1 : 0,
    script,
    sender: OUR_NUMBER,
    timeZone: zoneInDaytime(new Date()),
  });
}

/** Nothing to these people waits or is on its way. */
const settled = (of: readonly PhoneNumber[]): Promise<void> =>
  eventually(
    async () => assert.equal(await unsettled(of, ['queued', 'held', 'posting', 'ambiguous']), 0),
    SETTLED_MS,
  );

const waiting = (of: readonly PhoneNumber[]): Promise<number> => unsettled(of, ['queued', 'held']);

async function unsettled(of: readonly PhoneNumber[], states: readonly string[]): Promise<number> {
  const { rows } = await system.database.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM message WHERE phone_number = ANY ($1) AND state = ANY ($2)',
    [of, states],
  );
  return rows[0]?.count ?? 0;
}

async function underWay(): Promise<number> {
  const { rows } = await system.database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM attempt WHERE channel = 'voice' AND state = 'accepted' AND over_at IS NULL`,
  );
  return rows[0]?.count ?? 0;
}

/** Every message of all rounds up to this one was sent by one accepted attempt. */
async function eachOnce(round: number): Promise<void> {
  const { rows } = await system.database.query(
    `SELECT message.state, accepted.count::int AS accepted, count(*)::int AS messages
       FROM message CROSS JOIN LATERAL
            (SELECT count(*) AS count FROM attempt
              WHERE attempt.message_id = message.message_id AND attempt.state = 'accepted') AS accepted
      GROUP BY 1, 2`,
  );
  assert.deepEqual(rows, [{ state: 'sent', accepted: 1, messages: round * PEOPLE }]);
}

try {
  const rounds: Row[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) rounds.push({ round, ...(await measure(round)) });
  const config = { 'segments/s': TEXTS_PER_SECOND, 'calls/s': CALLS_PER_SECOND, lines: LINES };
  await publish({ benchmark: 'channel-pools', config, tables: [{ rows: rounds }], aims: [] }, json);
} finally {
  await system.end();
}
