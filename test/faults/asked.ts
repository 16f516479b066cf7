import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { zoneInDaytime } from '../driver/daytime.ts';
import { faultsOfSending, recordsOfPhone } from '../driver/proof.ts';
import type { Records } from '../driver/records.ts';
import type { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import { Outreach } from '../outreach/client.ts';
import { listOf } from './campaigns.ts';

/** A text that a program has the API send, under an idempotency key. */
export interface AskedText {
  phone: PhoneNumber;
  body: string;
}

/** Longest time for the API to answer, in ms. */
const ANSWERED_MS = 90_000;

/**
 * To the next of `spare`, which the ledger knows of. Once started, the program asks again under the same key until it has an answer, as
 * programs do that do not know whether a request arrived.
 */
export async function draftText(
  system: System,
  { asked, spare }: { asked: AskedText[]; spare: readonly PhoneNumber[] },
  name: string,
): Promise<{ start(): Promise<unknown> }> {
  const phone = spare[asked.length];
  if (phone === undefined) throw new Error('no numbers are left for a text that the API is asked for');
  const place = asked.length + 1;
  const outreach = await Outreach.of(system);
  const timeZone = zoneInDaytime(await system.now());
  await listOf(outreach, { name: `${name}, asked for ${place}`, phones: [phone], zoneOf: () => timeZone });
  const text = { phone, body: `Text ${place} that the API was asked for in ${name}` };
  asked.push(text);
  const message = { phoneNumber: phone, body: text.body };
  return {
    start: () =>
      eventually(async () => {
        await outreach.sendMessage(`${name}-text-${place}`, message);
      }, ANSWERED_MS),
  };
}

/** Each was sent once, however often it was asked for, and nothing else to its phone. Pure. */
export const faultsOfAsked = (asked: readonly AskedText[], records: Records): string[] =>
  asked.flatMap(({ body, phone }) => {
    const got = records.carrier.filter(({ to }) => to === phone).map((text) => text.body);
    return [
      ...(got.length === 1 && got[0] === body
        ? []
        : [`${phone} got ${JSON.stringify(got)} and not "${body}" once`]),
      ...faultsOfSending(recordsOfPhone(phone, [], records)),
    ];
  });
