import { LEAST_TERMINAL_RANK } from '#shared/carriers/status.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { composeCall } from '#shared/voice/compose.ts';
import type { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import { Story } from '../key-nine/story.ts';
import { Outreach } from '../outreach/client.ts';
import { allowCalls, CALLER, draftCallsTo, listOf } from './campaigns.ts';

/** A campaign that calls each of its people once. */
export interface CallingCampaign {
  id: string;
  phones: readonly PhoneNumber[];
  /** For whom it is night: they must not be called. */
  asleep: readonly PhoneNumber[];
}

/** Who is called while something goes wrong. */
export interface Called {
  /** People, as they lived it. */
  stories: readonly Story[];
  /** Two to the same people, so that something waits behind a call in which key 9 is pressed; then what scenarios made besides. */
  campaigns: CallingCampaign[];
  /** Numbers of the same kind that nobody has. */
  spare: readonly PhoneNumber[];
}

/** What somebody hears whose key 9 was answered. */
export const CONFIRMATION =
  composeCall({
    language: 'en-US',
    organisation: CALLER.organisation,
    tollFreeNumber: phoneNumber(CALLER.tollFreeNumber),
    message: { say: 'Hello.' },
  }).optedOutConfirmation ?? '';

/** How people take calls, and what they do then, one after the other. */
const ROLES = [
  { answers: 'human', deed: 'listens' },
  { answers: 'human', deed: 'presses' },
  { answers: 'no_answer', deed: 'listens' },
  { answers: 'machine', deed: 'listens' },
  { answers: 'human', deed: 'stops' },
  { answers: 'busy', deed: 'listens' },
] as const;

/** Slow enough for people to be called all through what goes wrong. */
const CALLS_PER_SECOND = 0.3;
/** Of campaigns that scenarios make besides. */
const PEOPLE_BESIDES = 2;
const BESIDES_PER_SECOND = 10;
/** Longest time for all calls to be over once everything is mended, in ms. */
const OVER_MS = 240_000;

export interface CalledParts {
  name: string;
  phones: readonly PhoneNumber[];
  asleep: readonly PhoneNumber[];
  spare: readonly PhoneNumber[];
  timeZone: string;
  night: string;
  random: () => number;
}

/** Makes the campaigns and has the people hold their phones; nothing has begun. */
export async function draftCalled(
  system: System,
  { asleep, name, night, phones, random, spare, timeZone }: CalledParts,
): Promise<Called> {
  const outreach = await Outreach.of(system);
  const everybody = [...phones, ...asleep];
  const list = await listOf(outreach, {
    name: `${name}, to be called`,
    phones: everybody,
    zoneOf: (phone) => (asleep.includes(phone) ? night : timeZone),
  });
  await allowCalls(outreach, everybody);
  const stories = phones.map((phone, index) => {
    const { answers, deed } = ROLES[index % ROLES.length] ?? ROLES[0];
    const line = { answers, afterMs: 1_000 + random() * 3_000, greetingMs: 3_000 };
    return new Story(system.simulator, {
      phone,
      deed,
      line,
      confirmation: CONFIRMATION,
      listensMs: random() * 500,
    });
  });
  await Promise.all(stories.map((story) => story.begin()));
  const campaigns: CallingCampaign[] = [];
  for (const time of ['first', 'second']) {
    const plan = { name: `${name}, ${time} call`, list, timeZone, perSecond: CALLS_PER_SECOND };
    campaigns.push({ id: await draftCallsTo(outreach, plan), phones, asleep });
  }
  return { stories, campaigns, spare };
}

/** Those whose deed it is text STOP. */
export async function stopByText(system: System, { stories }: Called): Promise<void> {
  for (const { deed, phone } of stories) if (deed === 'stops') await system.simulator.text(phone, 'STOP');
}

/** Makes a campaign that calls the next spare numbers, which the ledger knows of. Whoever makes it must start it. */
export async function draftCallsBesides(
  system: System,
  { campaigns, spare }: Called,
  { name, timeZone }: { name: string; timeZone: string },
): Promise<{ start(): Promise<unknown> }> {
  const taken = campaigns.flatMap(({ phones }) => phones);
  const phones = spare.filter((phone) => !taken.includes(phone)).slice(0, PEOPLE_BESIDES);
  if (phones.length < PEOPLE_BESIDES) throw new Error('no numbers are left for a campaign of calls');
  const outreach = await Outreach.of(system);
  const title = `${name}, calls besides ${campaigns.length}`;
  const list = await listOf(outreach, { name: title, phones, zoneOf: () => timeZone });
  await allowCalls(outreach, phones);
  const id = await draftCallsTo(outreach, { name: title, list, timeZone, perSecond: BESIDES_PER_SECOND });
  campaigns.push({ id, phones, asleep: [] });
  return { start: () => outreach.tell(id, 'start') };
}

/** Waits until everybody who may be called was, or was decided on, and all calls are over; then stops the campaigns. What is wrong with that. */
export async function endCalled(system: System, { campaigns }: Called): Promise<string[]> {
  const asleep = campaigns.flatMap((campaign) => campaign.asleep);
  const ids = campaigns.map(({ id }) => id);
  const faults = await eventually(async () => {
    const { rows } = await system.database.query(
      `SELECT phone_number, state, rule FROM campaign_contact
        WHERE campaign_id = ANY ($1) AND state IN ('pending', 'queued', 'held', 'sent') AND NOT phone_number = ANY ($2)
       UNION ALL
       SELECT attempt.phone_number, attempt.state, log.status
         FROM attempt LEFT JOIN message_log AS log USING (attempt_id)
        WHERE attempt.channel = 'voice' AND attempt.state = 'accepted'
          AND (attempt.over_at IS NULL OR coalesce(log.status_rank, 0) < $3)`,
      [ids, asleep, LEAST_TERMINAL_RANK],
    );
    if (rows.length > 0) throw new Error(`not over: ${JSON.stringify(rows)}`);
  }, OVER_MS).then(
    () => [],
    (error: Error) => [error.message],
  );
  const outreach = await Outreach.of(system);
  for (const { asleep: left, id } of campaigns) if (left.length > 0) await outreach.tell(id, 'stop');
  return faults;
}
