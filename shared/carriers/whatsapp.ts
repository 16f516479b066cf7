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

/** Files that go with one message there: of several the others are dropped. https://support.twilio.com/hc/en-us/articles/360017961894 */
export const MOST_WHATSAPP_MEDIA = 1;

const NO_WHATSAPP = 'no_whatsapp';
const TEMPLATE_AS_TEXT = 'template_as_text';
const TOO_MANY_MEDIA = 'too_many_media';

/** Our own words for what is never asked of a carrier that speaks it. */
export const whatsAppOwnRows: readonly ErrorRow[] = [
  [
    TEMPLATE_AS_TEXT,
    'fail',
    'message',
    'a template of WhatsApp, from a number for texts: it would go as a text',
  ],
  [TOO_MANY_MEDIA, 'fail', 'message', 'one picture or file can go with a message of this carrier, not more'],
];

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

/** The refusal of what would go as something else, or in part, through a carrier that speaks WhatsApp; null: it goes as it is. */
export function refuseAstray(
  { from, mediaUrls, template }: Pick<SendRequest, 'from' | 'mediaUrls' | 'template'>,
  classify: (code: string) => ErrorRule,
): Extract<SendOutcome, { kind: 'refused' }> | null {
  const code =
    template !== null && !isWhatsApp(from)
      ? TEMPLATE_AS_TEXT
      : isWhatsApp(from) && mediaUrls.length > MOST_WHATSAPP_MEDIA
        ? TOO_MANY_MEDIA
        : null;
  if (code === null) return null;
  const { class: errorClass, meaning } = classify(code);
  return { kind: 'refused', errorCode: code, class: errorClass, message: meaning };
}
