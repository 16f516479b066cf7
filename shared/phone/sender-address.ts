import { z } from 'zod';
import { channelAddress } from './channel-address.ts';
import { canonicalPhoneNumber, isPhoneNumber, type PhoneNumber, phoneNumber } from './phone-number.ts';

/**
 * One of our numbers on WhatsApp, "whatsapp:+14155550199", as Twilio writes it. It stands where numbers of ours stand, in columns,
 * commands, events and records: the same number is another sender on each channel, and what knows only numbers takes this for
 * none, and sends nothing from it.
 */
export type WhatsAppAddress = `whatsapp:${string}` & { readonly __brand: 'WhatsAppAddress' };

/** Where something of ours goes from, or came in: a number, for texts and calls, or a number on WhatsApp. */
export type SenderAddress = PhoneNumber | WhatsAppAddress;

const PREFIX = 'whatsapp:';

/** Exactly, with nothing repaired. */
export const isWhatsApp = (text: string): text is WhatsAppAddress =>
  text.startsWith(PREFIX) && isPhoneNumber(text.slice(PREFIX.length));

export const isSenderAddress = (text: string): text is SenderAddress =>
  isPhoneNumber(text) || isWhatsApp(text);

/** A sender's address or an error that names the text. For values that our own code wrote. */
export function senderAddress(text: string): SenderAddress {
  if (!isSenderAddress(text)) throw new Error(`no address that anything goes from: ${JSON.stringify(text)}`);
  return text;
}

/** On WhatsApp, of a number. */
export function whatsAppOf(number: PhoneNumber): WhatsAppAddress {
  const address = `${PREFIX}${number}`;
  if (!isWhatsApp(address)) throw new Error(`not an E.164 phone number: ${JSON.stringify(number)}`);
  return address;
}

/** The number of an address, on whichever channel. */
export const numberOf = (address: SenderAddress): PhoneNumber =>
  phoneNumber(isWhatsApp(address) ? address.slice(PREFIX.length) : address);

/** The address that somebody wrote, canonical; null: it is neither a number nor a number on WhatsApp. */
export function canonicalSenderAddress(text: string): SenderAddress | null {
  const { address, channel } = channelAddress(text);
  const number = channel === 'sms' || channel === 'whatsapp' ? canonicalPhoneNumber(address) : null;
  if (number === null) return null;
  return channel === 'whatsapp' ? whatsAppOf(number) : number;
}

/** How a message came or went, by the address of ours. Total: whatever is none is taken for a text. */
export const channelOfAddress = (address: string): 'sms' | 'whatsapp' =>
  address.startsWith(PREFIX) ? 'whatsapp' : 'sms';

/** Schema for contracts: exactly, nothing is repaired. */
export const senderAddressSchema = z.string().refine(isSenderAddress, {
  message:
    'must be a phone number in E.164 form, like +14155550101, or one on WhatsApp, like whatsapp:+14155550101',
});
