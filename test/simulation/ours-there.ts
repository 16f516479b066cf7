import { senderAddress } from '#shared/phone/sender-address.ts';

/** On WhatsApp, in the seeds that have a number there. */
export const OURS_THERE = senderAddress('whatsapp:+14155550111');
