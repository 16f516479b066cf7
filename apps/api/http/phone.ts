import { z } from 'zod';
import { canonicalPhoneNumber, type PhoneNumber } from '#shared/phone/phone-number.ts';
import { canonicalSenderAddress, type SenderAddress } from '#shared/phone/sender-address.ts';
import { toldPhoneNumber, validPhoneNumber } from '#shared/phone/valid-phone-number.ts';

/** A phone number as people write it; a national one is of the United States or Canada. `read`: null for what is none. */
const phoneText = (read: (text: string) => PhoneNumber | null) =>
  z
    .string()
    .max(40)
    .transform((text, context): PhoneNumber => {
      const number = read(text);
      if (number !== null) return number;
      const message =
        canonicalPhoneNumber(text) === null
          ? 'must be a phone number, best as +14155550101'
          : 'is no number of any country: was a national number given a plus?';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .meta({ description: 'A phone number, best in E.164 form', example: '+14155550101' });

/** A number of ours in a request. */
export const givenPhone = phoneText((text) => canonicalPhoneNumber(text));

/**
 * A phone number of a person, in the form that contacts have: of whoever is written to, wants it or does not, or is looked up. In one way
 * everywhere, so that an opt-out meets whom a message would.
 */
export const toldPhone = phoneText((text) => toldPhoneNumber(text, { country: 'US' }));

/** A phone number that a contact may have: its country's plan has it. The rule of lists that are imported. */
export const givenContactPhone = phoneText((text) => validPhoneNumber(text, { country: 'US' }));

/** A number of ours in a request, for texts and calls, or the same on WhatsApp. */
export const givenSender = z
  .string()
  .max(50)
  .transform((text, context): SenderAddress => {
    const address = canonicalSenderAddress(text);
    if (address !== null) return address;
    context.addIssue({
      code: 'custom',
      message: 'must be a phone number, best as +14155550101, or one on WhatsApp, as whatsapp:+14155550101',
    });
    return z.NEVER;
  })
  .meta({
    description: 'A phone number, best in E.164 form, or one on WhatsApp (`whatsapp:+14155550101`)',
    example: '+14155550101',
  });

/** The path of everything about one person. */
export const phoneParams = z.object({
  phone: toldPhone.meta({
    description:
      'A phone number, best in E.164 form, or what stands for it (`POST /v1/phone-references`), which no log can be read by',
    example: '+14155550101',
  }),
});

/** A number of ours in an answer. */
export const shownSender = z.string().meta({
  description: 'E.164; of a sender on WhatsApp behind `whatsapp:`',
  example: '+14155550110',
});

/** A phone number in an answer. */
export const shownPhone = z.string().meta({
  description: 'E.164; of an erased person the hash that stands in its place',
  example: '+14155550101',
});
