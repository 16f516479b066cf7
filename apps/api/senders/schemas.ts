import { z } from 'zod';
import { storableText } from '#shared/contracts/storable-text.ts';
import type { SenderType } from '#shared/senders/limits.ts';
import { givenSender } from '../http/phone.ts';
import { instant } from '../http/time.ts';

const carrier = z.enum(['twilio', 'vonage', 'aws']);
export const senderTypes = [
  'long_code',
  'toll_free',
  'short_code',
  'whatsapp',
] as const satisfies readonly SenderType[];
const registration = z.enum(['unregistered', 'pending', 'registered', 'rejected']).meta({
  description: 'Where its registration with the carriers stands, as you were told',
});

/**
 * What carriers take of a number of a type, in segments per second, until they grant more.
 * https://help.twilio.com/articles/115002943027 (long codes and toll-free numbers), short codes from 100.
 */
export const usualRate: Readonly<Record<SenderType, number>> = {
  long_code: 1,
  toll_free: 3,
  short_code: 100,
  // Messages: https://www.twilio.com/docs/whatsapp/best-practices-and-faqs
  whatsapp: 80,
};

const rate = z.number().min(0.1).max(10_000);
const cap = z.int().min(1).max(1_000_000_000);
const poolName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'must be lower-case letters, digits and hyphens, as flu-2026');
const programme = storableText.pipe(z.string().trim().min(1).max(100));

const segmentsPerSecond = {
  description:
    'How fast it may send, in segments, on WhatsApp in messages; left out: what is usual for its type',
};
const segmentsPerDay = {
  description:
    'Most segments of a day, which ends at midnight Pacific time; null: no cap. What is over it goes the next day',
};

export const newSenderSchema = z
  .strictObject({
    senderNumber: givenSender.meta({
      description:
        'A phone number, best in E.164 form. One on WhatsApp may be given as its address, `whatsapp:+14155550110`, or by its type',
      example: '+14155550110',
    }),
    carrier: carrier.optional().meta({
      description:
        'At which carrier it is, of those that are set up (`CARRIERS`); left out: the first of them',
    }),
    type: z.enum(senderTypes),
    registration: registration.default('unregistered'),
    segmentsPerSecond: rate.optional().meta(segmentsPerSecond),
    segmentsPerDay: cap.nullable().default(null).meta(segmentsPerDay),
    pool: poolName.nullable().default(null).meta({ description: 'Numbers that stand in for each other' }),
    programme: programme.nullable().default(null).meta({ description: 'What it is for' }),
  })
  .meta({ id: 'NewSender', example: { senderNumber: '+14155550110', type: 'long_code' } });

export const senderChangeSchema = z
  .strictObject({
    type: z.enum(senderTypes).optional(),
    registration: registration.optional(),
    segmentsPerSecond: rate.optional().meta({ description: 'How fast it may send, in segments' }),
    segmentsPerDay: cap.nullable().optional().meta(segmentsPerDay),
    pool: poolName.nullable().optional(),
    programme: programme.nullable().optional(),
  })
  .meta({
    id: 'SenderChange',
    description: 'What is left out stays as it is',
    example: { segmentsPerSecond: 3 },
  });

export const senderSchema = z
  .object({
    senderNumber: z
      .string()
      .meta({ description: 'E.164, of WhatsApp behind `whatsapp:`', example: '+14155550110' }),
    carrier,
    type: z.enum(senderTypes),
    registration,
    segmentsPerSecond: z.number(),
    segmentsPerDay: z.int().nullable(),
    segmentsToday: z.int().meta({ description: 'What carriers took of it since midnight Pacific time' }),
    pool: z.string().nullable(),
    programme: z.string().nullable(),
    health: z.enum(['ok', 'halted']).meta({
      description:
        'Nothing planned goes from a halted number: what would have goes from others of its pool, or waits. Answers go',
    }),
    isCarrierSetUp: z.boolean().meta({
      description: 'Whether its carrier is set up (`CARRIERS`): nothing goes from it where not',
    }),
    warnings: z.array(z.string()).meta({
      description: 'What keeps messages from going from it, in words, beside its health',
    }),
    haltedAt: instant.nullable(),
    haltedReason: z.string().nullable(),
    haltedBy: z.string().nullable().meta({ description: '`breaker`, or who halted it' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Sender' });

export const haltSchema = z
  .strictObject({ reason: storableText.pipe(z.string().trim().min(1).max(500)) })
  .meta({ id: 'SenderHalt', example: { reason: 'The carrier asked us to.' } });

const description = storableText.trim().max(500);

export const newPoolSchema = z
  .strictObject({
    name: poolName,
    description: description.default(''),
    segmentsPerSecond: rate.nullable().default(null).meta({
      description:
        'How fast all its numbers together may send, as carriers set it for a registration; null: what they have',
    }),
    segmentsPerDay: cap.nullable().default(null).meta(segmentsPerDay),
  })
  .meta({ id: 'NewSenderPool', example: { name: 'flu-2026', segmentsPerSecond: 12, segmentsPerDay: 2_000 } });

export const poolChangeSchema = z
  .strictObject({
    description: description.optional(),
    segmentsPerSecond: rate.nullable().optional(),
    segmentsPerDay: cap.nullable().optional(),
  })
  .meta({
    id: 'SenderPoolChange',
    description: 'What is left out stays as it is',
    example: { segmentsPerSecond: 75 },
  });

export const poolSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    segmentsPerSecond: z.number().nullable(),
    segmentsPerDay: z.int().nullable(),
    senders: z.int().meta({ description: 'How many numbers it has' }),
    halted: z.int().meta({ description: 'How many of them are halted' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'SenderPool' });
