import { z } from 'zod';
import type { Channel } from '#shared/compliance/touch.ts';
import { phoneNumberSchema } from '#shared/phone/phone-number.ts';
import type { QueueName } from '#shared/topology.ts';

/**
 * Body of an entry of the queues of texts and of calls: "this phone has messages to send". The words stand in the table `message`;
 * the entry may be repeated, late or about messages that are already gone, and does no harm.
 * Message group: the phone number. De-duplication id: `${messageId}:${generation}`.
 */
export const turnSchema = z.object({
  phoneNumber: phoneNumberSchema,
  /** The message that caused the entry: the first of its batch. */
  messageId: z.uuid(),
  /** Grows with every re-queue: SQS silently drops a de-duplication id that it saw within 5 minutes. */
  generation: z.number().int().min(0),
});
export type Turn = z.infer<typeof turnSchema>;

/** What SQS compares within 5 minutes; at most 128 characters. */
export const turnDeduplicationId = (turn: Pick<Turn, 'messageId' | 'generation'>): string =>
  `${turn.messageId}:${turn.generation}`;

/** What a message waits in: an answer to an inbound message never queues behind what was planned. */
export type Lane = 'replies' | 'bulk';

/** The queue in which a lane's phones wait for their turn to be sent texts. */
export const queueOf: Record<Lane, QueueName> = { replies: 'sms-replies.fifo', bulk: 'sms-bulk.fifo' };

/** The queue in which phones wait for what is to go to them. Calls are planned, all of them: they have one. */
export const queueFor = (channel: Channel, lane: Lane): QueueName =>
  channel === 'voice' ? 'voice.fifo' : queueOf[lane];
