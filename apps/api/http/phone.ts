import { z } from 'zod';
import { canonicalPhoneNumber, type PhoneNumber } from '#shared/phone/phone-number.ts';
import { validPhoneNumber } from '#shared/phone/valid-phone-number.ts';

/** A phone number in a request, as people write it; a national one is of the United States or Canada. */
export const givenPhone = z
  .string()
  .max(40)
  .transform((text, context): PhoneNumber => {
    const number = canonicalPhoneNumber(text);
    if (number !== null) return number;
    context.addIssue({ code: 'custom', message: 'must be a phone number, best as +14155550101' });
    return z.NEVER;
  })
  .meta({ description: 'A phone number, best in E.164 form', example: '+14155550101' });

/** A phone number that a contact may have: its country's plan has it. */
export const givenContactPhone = givenPhone.refine(
  (number) => validPhoneNumber(number, { country: 'US' }) !== null,
  'is no number of any country: was a national number given a plus?',
);

/** The path of everything about one person. */
export const phoneParams = z.object({
  phone: givenPhone.meta({
    description:
      'A phone number, best in E.164 form, or what stands for it (`POST /v1/phone-references`), which no log can be read by',
    example: '+14155550101',
  }),
});

/** A phone number in an answer. */
export const shownPhone = z.string().meta({
  description: 'E.164; of an erased person the hash that stands in its place',
  example: '+14155550101',
});
