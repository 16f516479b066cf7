import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { ChattingPhone } from '../driver/phone.ts';
import type { System } from '../driver/system.ts';
import { Outreach } from '../outreach/client.ts';
import { draftTexts, listOf } from './campaigns.ts';
import { untilPlanned } from './closing.ts';

/** A number of ours at a carrier that cannot be asked what it has. */
export const SECOND_NUMBER = phoneNumber('+14155550191');

/** Settings of a system that has that carrier as well. */
export const WITH_SECOND = {
  '*': { CARRIERS: 'twilio,vonage' },
  carrier: { CARRIER_NUMBERS: JSON.stringify({ [SECOND_NUMBER]: 'vonage' }) },
};

/** People whom a campaign reaches through that carrier. */
export interface SecondCampaign {
  id: string;
  phones: readonly ChattingPhone[];
  isOf(body: string): boolean;
}

const MESSAGES_PER_SECOND = 0.5;
/** One of so many texts STOP before its text has come, and one answers it with STOP. */
const ONE_IN = 4;

/** Makes the number known and has the campaign begin, to phones that nobody has written to. */
export async function beginSecond(
  system: System,
  parts: { name: string; numbers: readonly PhoneNumber[]; timeZone: string; random: () => number },
): Promise<SecondCampaign> {
  const { name, numbers, random, timeZone } = parts;
  await system.database.query(
    `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, created_at, updated_at)
     VALUES ($1, 'vonage', 'long_code', 'registered', 10, now(), now()) ON CONFLICT DO NOTHING`,
    [SECOND_NUMBER],
  );
  const outreach = await Outreach.of(system);
  const title = `${name}, by the second carrier`;
  const campaign = await draftTexts(outreach, {
    name: title,
    begins: `By another way for ${name}`,
    list: await listOf(outreach, { name: title, phones: numbers, zoneOf: () => timeZone }),
    timeZone,
    perSecond: MESSAGES_PER_SECOND,
    senderNumbers: [SECOND_NUMBER],
  });
  const phones = numbers.map((number, index) => {
    const phone: ChattingPhone = new ChattingPhone({
      number,
      ours: SECOND_NUMBER,
      simulator: system.simulator,
      understand: (body) => {
        if (campaign.isOf(body) && index % ONE_IN === 1) phone.write('STOP');
        return { kind: 'unknown' };
      },
      code: '',
      random,
      thinkMs: { min: 100, max: 500 },
    });
    return phone;
  });
  await Promise.all(phones.map((phone) => phone.listen()));
  await outreach.tell(campaign.id, 'start');
  await untilPlanned(system, campaign.id, numbers.length);
  for (const [index, phone] of phones.toReversed().entries()) if (index % ONE_IN === 0) phone.write('STOP');
  return { ...campaign, phones };
}
