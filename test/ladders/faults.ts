import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { System } from '../driver/system.ts';
import type { Outreach } from '../outreach/client.ts';
import type { Campaign } from './climbs.ts';
import { oracle, type Tried } from './oracle.ts';
import { forOracle, type Person } from './people.ts';

interface Facts {
  zoneOf: ReadonlyMap<PhoneNumber, string>;
  answered: ReadonlySet<PhoneNumber>;
}

/** Everything that is not as it is to be, and what was counted. */
export async function faultsOf(
  system: System,
  outreach: Outreach,
  campaigns: readonly Campaign[],
  facts: Facts,
): Promise<{ counts: Record<string, number>; faults: string[] }> {
  const counts: Record<string, number> = {};
  const faults: string[] = [];
  for (const campaign of campaigns) {
    const tried = await triedIn(system, campaign);
    faults.push(
      ...faultsOfLadder(campaign, tried, counts),
      ...(await faultsAtCarrier(system, campaign, tried, facts, counts)),
      ...(await faultsOfCounts(system, outreach, campaign, facts)),
    );
  }
  return { counts, faults };
}

/** What was tried for everybody, as the rows say it, in order. */
async function triedIn(
  system: System,
  { id, people }: Campaign,
): Promise<Map<string, (Tried & { state: string })[]>> {
  const { rows } = await system.database.query<Tried & { phone: string; state: string }>(
    `SELECT message.phone_number AS phone, message.step, attempt.channel, attempt.state, entered.via
       FROM attempt JOIN message USING (message_id)
       JOIN campaign_contact AS each ON each.campaign_id = message.campaign_id AND each.contact_id = message.cause_id
       LEFT JOIN campaign_step AS entered ON entered.campaign_id = each.campaign_id
             AND entered.contact_id = each.contact_id AND entered.step = message.step
      WHERE message.campaign_id = $1 AND message.variant IS NOT NULL AND attempt.state <> 'not_sent'
      ORDER BY attempt.posted_at, attempt.attempt_id`,
    [id],
  );
  const tried = new Map(people.map(({ phone }): [string, (Tried & { state: string })[]] => [phone, []]));
  for (const { channel, phone, state, step, via } of rows)
    tried.get(phone)?.push({ step, channel, via, state });
  return tried;
}

const inWords = (tried: readonly Tried[]): string =>
  tried.map(({ channel, step, via }) => `${channel} ${step}${via === null ? '' : ` (${via})`}`).join(', ') ||
  'nothing';

/** Held against the oracle, and against the budget of attempts by itself. */
function faultsOfLadder(
  { ladder, people }: Campaign,
  tried: ReadonlyMap<string, readonly Tried[]>,
  counts: Record<string, number>,
): string[] {
  const add = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  return people.flatMap((person) => {
    const got = tried.get(person.phone) ?? [];
    for (const [index, each] of got.entries()) {
      add(each.channel === 'sms' ? 'texts tried' : 'calls tried');
      const isRepeated = got[index - 1]?.step === each.step;
      if (each.via !== null && !isRepeated)
        add(`${each.channel === 'sms' ? 'texted' : 'called'} because ${each.via}`);
    }
    const wanted = oracle(ladder.steps, ladder.maxAttempts, forOracle(person));
    return [
      ...(inWords(got) === inWords(wanted)
        ? []
        : [`${ladder.name}: ${inWordsOf(person)} was tried ${inWords(got)} and not ${inWords(wanted)}`]),
      ...(got.length > ladder.maxAttempts
        ? [`${ladder.name}: ${person.phone} was tried ${got.length} times`]
        : []),
    ];
  });
}

const inWordsOf = ({ calls, isLandline, phone, text }: Person): string =>
  `${phone}${isLandline ? ', a landline,' : ''} with ${JSON.stringify(text)} and ${JSON.stringify(calls)}`;

/** What phones got, by the carrier, is what the rows say, and when they might get it. */
async function faultsAtCarrier(
  system: System,
  { ladder, people }: Campaign,
  tried: ReadonlyMap<string, readonly (Tried & { state: string })[]>,
  { zoneOf }: Facts,
  counts: Record<string, number>,
): Promise<string[]> {
  const texts = Map.groupBy(
    (await system.simulator.messages()).filter(
      // What confirms an opt-out is of no campaign.
      ({ body, direction }) => direction === 'to_phone' && /, P\d{7}[.:]/u.test(body),
    ),
    ({ to }) => to,
  );
  const faults: string[] = [];
  for (const { phone } of people) {
    const calls = await system.simulator.calls(phone);
    const taken = (channel: string): number =>
      (tried.get(phone) ?? []).filter((each) => each.channel === channel && each.state === 'accepted').length;
    const got = texts.get(phone) ?? [];
    if (got.length !== taken('sms') || calls.length !== taken('voice')) {
      const held = `${got.length} texts and ${calls.length} calls`;
      faults.push(
        `${ladder.name}: ${phone} got ${held}, and its rows say ${taken('sms')} and ${taken('voice')}`,
      );
    }
    for (const at of [...got, ...calls].map((each) => each.at)) {
      const there = timeIn(zoneOf.get(phone) ?? 'UTC', at);
      if (there < ladder.window.from || there >= ladder.window.to)
        faults.push(`${ladder.name}: ${phone} was reached at ${there} where they are`);
    }
    counts['texts at the carrier'] = (counts['texts at the carrier'] ?? 0) + got.length;
    counts['calls at the carrier'] = (counts['calls at the carrier'] ?? 0) + calls.length;
  }
  return faults;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** As HH:MM. */
function timeIn(timeZone: string, at: string): string {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  clocks.set(timeZone, clock);
  return clock.format(new Date(at));
}

/** Everybody stands somewhere, once, and counts are what rows are. */
async function faultsOfCounts(
  system: System,
  outreach: Outreach,
  { id, ladder, people }: Campaign,
  { answered }: Facts,
): Promise<string[]> {
  const { replied, states, total } = await outreach.metricsOf(id);
  const { rows } = await system.database.query<{ what: string; counted: number; there: number }>(
    `WITH there AS (
       SELECT state AS measure, count(*) AS value FROM campaign_contact WHERE campaign_id = $1 GROUP BY state
       UNION ALL SELECT state || ':' || rule, count(*) FROM campaign_contact
                  WHERE campaign_id = $1 AND rule IS NOT NULL GROUP BY state, rule
       UNION ALL SELECT 'step:' || step || ':' || via, count(*) FROM campaign_step WHERE campaign_id = $1 GROUP BY step, via
       UNION ALL SELECT 'replied', count(*) FROM campaign_contact WHERE campaign_id = $1 AND replied_at IS NOT NULL
                 HAVING count(*) > 0),
     counted AS (
       SELECT measure, sum(value) AS value FROM campaign_count WHERE campaign_id = $1 AND measure <> 'clicked'
        GROUP BY measure HAVING sum(value) <> 0)
     SELECT coalesce(there.measure, counted.measure) AS what, coalesce(counted.value, 0)::int AS counted,
            coalesce(there.value, 0)::int AS there
       FROM there FULL JOIN counted USING (measure)
      WHERE coalesce(counted.value, 0) <> coalesce(there.value, 0)`,
    [id],
  );
  const faults = rows.map(
    ({ counted, there, what }) => `${ladder.name} counts ${counted} of ${there} ${what}`,
  );
  const sum = states.reduce((all, { contacts }) => all + contacts, 0);
  if (total !== people.length || sum !== people.length)
    faults.push(`${ladder.name} has ${total} contacts in ${sum} places, not ${people.length}`);
  const meant = people.filter(
    ({ phone, text }) => answered.has(phone) && text.kind === 'arrives' && text.reply !== 'STOP',
  ).length;
  if (replied !== meant) faults.push(`${ladder.name} counts ${replied} who answered of ${meant}`);
  const { rows: open } = await system.database.query(
    `SELECT FROM campaign_contact WHERE campaign_id = $1 AND state IN ('pending', 'held', 'queued')`,
    [id],
  );
  if (open.length > 0) faults.push(`${ladder.name} has ${open.length} contacts who still wait`);
  return faults;
}
