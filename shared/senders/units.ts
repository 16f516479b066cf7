import { isWhatsApp } from '#shared/phone/sender-address.ts';
import { segmentsOf } from '#shared/texts/segments.ts';

/** What a text takes of the rate and the day of its number: segments, or on WhatsApp, which has none, one message. */
export const unitsOfText = (senderNumber: string, body: string): number =>
  isWhatsApp(senderNumber) ? 1 : segmentsOf(body).segments;
