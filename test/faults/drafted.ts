import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { fileOf } from '../driver/contacts-file.ts';
import { zoneInDaytime } from '../driver/daytime.ts';
import type { System } from '../driver/system.ts';
import { Outreach } from '../outreach/client.ts';

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
  const list = await outreach.makeList(title);
  await outreach.importContacts(
    fileOf(phones, () => timeZone),
    list,
  );
  const begins = `Besides ${place} of ${name} for`;
  const id = await outreach.makeCampaign({
    name: title,
    type: 'sms',
    definition: {
      audience: { include: [list] },
      variants: [{ name: 'A', bodies: { en: `${begins} {{name}}` } }],
      windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '23:59' }],
      timeZone,
      messagesPerSecond: MESSAGES_PER_SECOND,
    },
  });
  drafted.push({ id, phones, asleep: [], isOf: (body) => body.startsWith(begins) });
  return { start: () => outreach.tell(id, 'start') };
}
