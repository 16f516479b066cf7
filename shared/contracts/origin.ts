import { z } from 'zod';
import { senderAddressSchema } from '#shared/phone/sender-address.ts';

/**
 * Why something goes out, kept from the cause to the message: it chooses the lane (an answer goes before anything
 * planned), the sender number (an answer comes from the number that was texted) and the intent that the gate judges.
 */
export const originSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('reply'),
    /** The number of ours that the person texted. */
    senderNumber: senderAddressSchema,
    /** When the carrier handed us the text that is answered. */
    receivedAt: z.iso.datetime(),
  }),
  z.object({
    kind: z.literal('planned'),
    /** Null: the default sender number of the environment. */
    senderNumber: senderAddressSchema.nullable(),
    intent: z.enum(['transactional', 'marketing']),
  }),
]);
export type Origin = z.infer<typeof originSchema>;
