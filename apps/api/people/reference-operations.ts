import { z } from 'zod';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { toldPhoneNumber } from '#shared/phone/valid-phone-number.ts';
import { type Operation, reply, search } from '../http/operation.ts';
import { shownPhone } from '../http/phone.ts';
import type { PhoneReferences } from '../http/phone-reference.ts';

/** Numbers of one request. */
const MOST = 200;

const referenceSchema = z
  .object({
    phoneNumber: shownPhone,
    reference: z.string().meta({ example: 'ph_3q2-7wAAAAAAAAAAAAAAAA' }),
  })
  .meta({ id: 'PhoneReference' });

/** What stands for phone numbers in addresses. */
export const referenceOperations = ({
  references,
}: {
  references: PhoneReferences;
}): readonly Operation[] => {
  const given = z
    .string()
    .max(40)
    .transform((text, context): PhoneNumber => {
      const phone = references.phoneOf(text) ?? toldPhoneNumber(text, { country: 'US' });
      if (phone !== null) return phone;
      context.addIssue({ code: 'custom', message: 'must be a phone number, or a reference to one' });
      return z.NEVER;
    })
    .meta({ description: 'A phone number as people write it, or a reference', example: '+14155550101' });
  return [
    search({
      id: 'getPhoneReferences',
      path: '/v1/phone-references',
      tag: 'People',
      summary: 'What stands for phone numbers in addresses, and for which numbers that stands',
      description:
        'Addresses end in logs. Wherever an address takes the number of a person, in its path or its query, a reference of it may stand instead: `/v1/people/ph_.../timeline`. Only this system can read one. In the order of the request.',
      access: 'viewer',
      body: z
        .strictObject({ phones: z.array(given).min(1).max(MOST) })
        .meta({ id: 'PhonesToRefer', example: { phones: ['+14155550101'] } }),
      replies: {
        200: {
          description: 'Each number with its reference',
          body: z.object({ items: z.array(referenceSchema) }).meta({ id: 'PhoneReferences' }),
        },
      },
      handle: async ({ body: { phones } }) =>
        reply(200, {
          items: phones.map((phoneNumber) => ({ phoneNumber, reference: references.of(phoneNumber) })),
        }),
    }),
  ];
};
