import { z } from 'zod';
import type { Channel } from '#shared/compliance/touch.ts';
import { channelOfAddress } from '#shared/phone/sender-address.ts';

/** How a message went or came, in answers: a text, by WhatsApp, or a call. */
export const messageChannels = ['sms', 'whatsapp', 'voice'] as const;
export type MessageChannel = (typeof messageChannels)[number];

export const messageChannelSchema = z.enum(messageChannels).meta({
  description: '`voice`: a call; `whatsapp`: our number stands behind `whatsapp:`',
});

/** By the address of ours, which says whether a text is one. */
export const messageChannelOf = (channel: Channel, ourNumber: string | null): MessageChannel =>
  channel === 'voice' ? 'voice' : channelOfAddress(ourNumber ?? '');
