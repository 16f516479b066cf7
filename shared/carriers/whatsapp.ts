import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { isWhatsApp } from '#shared/phone/sender-address.ts';
import type { SendOutcome, SendRequest } from './carrier.ts';
import type { ErrorRow } from './error-rows.ts';
import type { ErrorRule } from './errors.ts';

/**
 * Carriers through which we speak WhatsApp. SendTextMessage of AWS knows none; the Messages API of Vonage does, and its adapter does
 * not.
 */
export const whatsAppCarriers: readonly CarrierName[] = ['twilio'];

const NO_WHATSAPP = 'no_whatsapp';

/** Of the table of a carrier without it: our own word for what is never asked of it. */
export const noWhatsAppRow: ErrorRow = [
  NO_WHATSAPP,
  'fail',
  'message',
  'WhatsApp is not spoken through this carrier',
];

/** The refusal of what a carrier without WhatsApp can only send as something else; null: it is a text. */
export function refuseWhatsApp(
  { from, template }: Pick<SendRequest, 'from' | 'template'>,
  classify: (code: string) => ErrorRule,
): Extract<SendOutcome, { kind: 'refused' }> | null {
  if (!isWhatsApp(from) && template === null) return null;
  const { class: errorClass, meaning } = classify(NO_WHATSAPP);
  return { kind: 'refused', errorCode: NO_WHATSAPP, class: errorClass, message: meaning };
}
