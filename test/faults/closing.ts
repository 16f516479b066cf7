import { setTimeout as delay } from 'node:timers/promises';
import { CLOSES_EARLY_MS } from '#shared/compliance/hours/openings.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import { Outreach } from '../outreach/client.ts';
import { draftTexts } from './campaigns.ts';

/** A campaign whose window closes while people of it are not written to yet. */
export interface ClosingCampaign {
  id: string;
  phones: readonly PhoneNumber[];
  asleep: readonly PhoneNumber[];
  isOf(body: string): boolean;
  /** From then on nothing goes, in business time: so long before the hour that its window says as windows close early. */
  closesAt: Date;
}

const MINUTE_MS = 60_000;
/** The window is open for so long at least, in ms; as the hours of windows are whole minutes, for a minute more at most. */
const LEAST_OPEN_MS = 15_000;
/** So slow that it cannot have come to everybody, also where clocks of services are behind. */
const MESSAGES_PER_SECOND = 0.1;
/** For so long after its window has closed it is left standing, for what goes all the same to be seen, in ms. */
const STANDS_MS = 4_000;
/** Longest time for everybody to be carried over, in ms. */
const CARRIED_MS = 120_000;

/** Starts it, to people of a list. `timeZone`: theirs, in which it is daytime. */
export async function beginClosing(
  system: System,
  {
    list,
    name,
    phones,
    timeZone,
  }: { name: string; list: string; phones: readonly PhoneNumber[]; timeZone: string },
): Promise<ClosingCampaign> {
  const outreach = await Outreach.of(system);
  const now = await system.now();
  // Whole minutes, as people write them.
  const ends = new Date(Math.ceil((now.getTime() + LEAST_OPEN_MS + CLOSES_EARLY_MS) / MINUTE_MS) * MINUTE_MS);
  const timeThere = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' });
  const campaign = await draftTexts(outreach, {
    name: `${name}, until it closes`,
    begins: `Before the hour of ${name} for`,
    list,
    timeZone,
    perSecond: MESSAGES_PER_SECOND,
    closes: timeThere.format(ends),
  });
  await outreach.tell(campaign.id, 'start');
  return {
    ...campaign,
    phones,
    asleep: [],
    closesAt: new Date(ends.getTime() - CLOSES_EARLY_MS),
  };
}

/** Resolves when everybody whom a campaign is to reach stands in it. */
export const untilPlanned = ({ database }: System, id: string, people: number): Promise<void> =>
  eventually(async () => {
    const { rows } = await database.query<{ contacts: number; status: string }>(
      `SELECT status, (SELECT count(*)::int FROM campaign_contact WHERE campaign_id = $1) AS contacts
         FROM campaign WHERE campaign_id = $1`,
      [id],
    );
    const [found] = rows;
    if (found?.status !== 'active' || found.contacts !== people)
      throw new Error(`the campaign is ${JSON.stringify(found)}, and not active with ${people} people`);
  }, MINUTE_MS);

/**
 * Waits for the window to close, and for whoever was not reached to be carried over to the next day; a while later it is stopped. What
 * is wrong with that, and how many were not reached.
 */
export async function untilClosed(
  system: System,
  { closesAt, id }: ClosingCampaign,
): Promise<{ faults: string[]; unreached: number }> {
  const seen = { unreached: 0 };
  const wait = closesAt.getTime() - (await system.now()).getTime();
  if (wait > 0) await delay(wait);
  await delay(STANDS_MS);
  const faults = await eventually(async () => {
    const { rows } = await system.database.query<{ due_at: Date | null; state: string; rule: string | null }>(
      `SELECT state, rule, due_at FROM campaign_contact WHERE campaign_id = $1 AND state IN ('pending', 'queued', 'held')`,
      [id],
    );
    const wrong = rows.filter(
      ({ due_at, state }) =>
        state === 'queued' || (state === 'held' && (due_at === null || due_at <= closesAt)),
    );
    if (wrong.length > 0)
      throw new Error(`not carried over when the window closed: ${JSON.stringify(wrong)}`);
    seen.unreached = rows.length;
  }, CARRIED_MS).then(
    () => [],
    (error: Error) => [error.message],
  );
  await (await Outreach.of(system)).tell(id, 'stop');
  return { faults, ...seen };
}
