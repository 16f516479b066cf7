import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { zoneInDaytime } from '../driver/daytime.ts';
import type { System } from '../driver/system.ts';
import { Outreach } from '../outreach/client.ts';
import { draftTexts, listOf } from './campaigns.ts';

/** A campaign that a scenario makes besides, to people whom nobody has written to. */
export interface DraftedCampaign {
  id: string;
  phones: readonly PhoneNumber[];
  asleep: readonly PhoneNumber[];
  isOf(body: string): boolean;
}

const PEOPLE = 3;
const MESSAGES_PER_SECOND = 10;

/**
 * Makes one, to the next spare numbers, and adds it to `drafted`, by which the ledger knows of it. Whoever makes it must start it. Throws when
 * no numbers are left.
 */
export async function draftCampaign(
  system: System,
  { drafted, spare }: { spare: readonly PhoneNumber[]; drafted: DraftedCampaign[] },
  name: string,
): Promise<{ start(): Promise<unknown> }> {
  const place = drafted.length + 1;
  const phones = spare.slice(drafted.length * PEOPLE, place * PEOPLE);
  if (phones.length < PEOPLE) throw new Error(`no numbers are left for a campaign ${place}`);
  const outreach = await Outreach.of(system);
  const timeZone = zoneInDaytime(await system.now());
  const title = `${name}, besides ${place}`;
  const list = await listOf(outreach, { name: title, phones, zoneOf: () => timeZone });
  const campaign = await draftTexts(outreach, {
    name: title,
    begins: `Besides ${place} of ${name} for`,
    list,
    timeZone,
    perSecond: MESSAGES_PER_SECOND,
  });
  drafted.push({ ...campaign, phones, asleep: [] });
  return { start: () => outreach.tell(campaign.id, 'start') };
}
