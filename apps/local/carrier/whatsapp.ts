import { isWhatsApp } from '#shared/phone/sender-address.ts';
import type { Message } from './message.ts';

/** For so long after a person's message may free text go to them from the number on WhatsApp that they wrote to. */
const WINDOW_MS = 86_400_000;

/** Outside of it. https://www.twilio.com/docs/api/errors/63016 */
export const OUTSIDE_WINDOW = 63_016;
/** A template whose places and variables do not fit together. https://www.twilio.com/docs/api/errors/63028 */
export const WRONG_VARIABLES = 63_028;

/** Whether a message goes, or came, on WhatsApp: both its ends are there. */
export const isOnWhatsApp = ({ ours }: Pick<Message, 'ours'>): boolean => isWhatsApp(ours);

/** The address of the person's end of it. */
export const personsAddress = (message: Pick<Message, 'ours' | 'phone'>): string =>
  isOnWhatsApp(message) ? `whatsapp:${message.phone}` : message.phone;

/** Whether the person of this conversation wrote to that number of ours within the last 24 hours. `now` in ms since 1970. */
export const windowIsOpen = (conversation: readonly Message[], ours: string, now: number): boolean =>
  conversation.some(
    (message) =>
      message.direction === 'inbound' && message.ours === ours && now - message.createdAt < WINDOW_MS,
  );
