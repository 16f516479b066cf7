import { isWhatsApp, type WhatsAppAddress } from '#shared/phone/sender-address.ts';

/** The number on WhatsApp that a message goes from as free text; null: it is a text, a call, or an approved template. */
export const freeFrom = (senderNumber: string, template: unknown): WhatsAppAddress | null =>
  template == null && isWhatsApp(senderNumber) ? senderNumber : null;
