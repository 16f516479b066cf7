import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { fileOf } from '../driver/contacts-file.ts';
import type { Outreach } from '../outreach/client.ts';

/** What every campaign of a trial has in common: a list of people, words that tell it from others, and a window on every day. */

/** Takes people in, who agreed to be informed, onto a list of their own. Its id. */
export async function listOf(
  outreach: Outreach,
  {
    name,
    phones,
    zoneOf,
  }: { name: string; phones: readonly PhoneNumber[]; zoneOf(phone: PhoneNumber): string },
): Promise<string> {
  const list = await outreach.makeList(name);
  await outreach.importContacts(fileOf(phones, zoneOf), list);
  return list;
}

export interface CampaignPlan {
  name: string;
  list: string;
  timeZone: string;
  /** Texts, or calls, in a second. */
  perSecond: number;
  /** As 20:15, where its people are. Left out: it is open all day. */
  closes?: string;
}

const windowsUntil = (to: string): object[] => [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to }];

/** Makes a campaign of texts that begin so, and does not start it. Its id, and what tells its texts from others. */
export async function draftTexts(
  outreach: Outreach,
  {
    begins,
    closes = '23:59',
    list,
    name,
    perSecond,
    senderNumbers = [],
    timeZone,
  }: CampaignPlan & {
    begins: string;
    /** Left out: the default one. */
    senderNumbers?: readonly PhoneNumber[];
  },
): Promise<{ id: string; isOf(body: string): boolean }> {
  const id = await outreach.makeCampaign({
    name,
    type: 'sms',
    definition: {
      audience: { include: [list] },
      variants: [{ name: 'A', bodies: { en: `${begins} {{name}}` } }],
      windows: windowsUntil(closes),
      timeZone,
      messagesPerSecond: perSecond,
      senderNumbers,
    },
  });
  return { id, isOf: (body) => body.startsWith(begins) };
}

/** Who calls, and where they are reached. */
export const CALLER = { organisation: 'Riverside County Health', tollFreeNumber: '+18005550142' };

/** Makes a campaign of calls, one to each of its people, and does not start it. Its id. */
export const draftCallsTo = (
  outreach: Outreach,
  { closes = '23:59', list, name, perSecond, timeZone }: CampaignPlan,
): Promise<string> =>
  outreach.makeCampaign({
    name,
    type: 'voice',
    definition: {
      audience: { include: [list] },
      variants: [{ name: 'A', calls: { en: { message: { say: 'Hello {{name}}, the clinic is open.' } } } }],
      call: CALLER,
      windows: windowsUntil(closes),
      timeZone,
      messagesPerSecond: perSecond,
      maxAttempts: 1,
    },
  });

/** They agreed to calls as well, on paper: files of contacts cannot say so of an artificial voice. */
export async function allowCalls(outreach: Outreach, phones: readonly PhoneNumber[]): Promise<void> {
  for (const phone of phones) await outreach.allowCalls(phone);
}
