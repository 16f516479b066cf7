/**
 * On which channel an address is, as carriers write it: "whatsapp:+14155550101", "rcs:brand_agent", a bare number. The same
 * number is another address on each: who texts is not who writes by WhatsApp, although it is one person with one consent.
 */
export interface ChannelAddress {
  channel: Channel;
  /** Without its prefix. */
  address: string;
}

export type Channel = 'sms' | 'whatsapp' | 'rcs' | 'other';

const channels: ReadonlyMap<string, Channel> = new Map([
  ['sms', 'sms'],
  ['mms', 'sms'],
  ['tel', 'sms'],
  ['whatsapp', 'whatsapp'],
  ['rcs', 'rcs'],
]);

/** With a colon, as carriers write it; people also write "whatsapp +1 415 555 0101". */
const PREFIXED = /^([a-z][a-z0-9_.-]*(?=:)|whatsapp\b|rcs\b):?(.*)$/is;

/** What an address says; a prefix that we do not know is a channel that we do not speak. Total. */
export function channelAddress(text: string): ChannelAddress {
  const [, prefix, address] = PREFIXED.exec(text.trim()) ?? [];
  if (prefix === undefined || address === undefined) return { channel: 'sms', address: text.trim() };
  return { channel: channels.get(prefix.toLowerCase()) ?? 'other', address: address.trim() };
}
