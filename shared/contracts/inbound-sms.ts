import { z } from 'zod';
import { type InboundSms, inboundSmsSchema } from './dialog-commands.ts';
import { parseRecord } from './parse-record.ts';

const typed = z.object({ type: z.literal('INBOUND_SMS') });

/**
 * A text of a person among the commands to the dialog; null for any other command, and for what is none: the dialog's own
 * consumer judges those. Throws CarillonError `invalid_record` for a text that cannot be understood.
 */
export const parseInboundSms = (body: string): InboundSms | null =>
  isInboundSms(body) ? parseRecord(inboundSmsSchema, body) : null;

function isInboundSms(body: string): boolean {
  try {
    return typed.safeParse(JSON.parse(body)).success;
  } catch {
    // Not JSON: no text of anybody's.
    return false;
  }
}
