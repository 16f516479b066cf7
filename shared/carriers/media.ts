import type { CarrierName } from '#shared/contracts/dialog-commands.ts';

/**
 * Files that a carrier takes with one message, as its adapter sends it. Twilio: https://www.twilio.com/docs/messaging/api/message-resource.
 * Vonage's Messages API has one place for a file; SendTextMessage of AWS has none (SendMediaMessage wants the file in S3).
 */
export const MOST_MEDIA: Readonly<Record<CarrierName, number>> = { twilio: 10, vonage: 1, aws: 0 };
