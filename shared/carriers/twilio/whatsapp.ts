import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import {
  isWhatsApp,
  type SenderAddress,
  type WhatsAppAddress,
  whatsAppOf,
} from '#shared/phone/sender-address.ts';

/** How Twilio writes whom a message goes to: both ends are on the same channel. */
export const wireAddressTo = (
  to: PhoneNumber,
  from: SenderAddress | undefined,
): PhoneNumber | WhatsAppAddress => (from !== undefined && isWhatsApp(from) ? whatsAppOf(to) : to);
