import { canonicalPhoneNumber, type PhoneNumber } from '#shared/phone/phone-number.ts';

/** How Vonage writes a number: with its country code and without +. https://developer.vonage.com/en/concepts/guides/glossary#e-164-format */
export const vonageNumber = (number: PhoneNumber): string => number.slice(1);

/** The number that Vonage means, or null for a short code or a name. Vonage never writes national numbers. */
export const fromVonage = (text: string): PhoneNumber | null =>
  /^\+?\d+$/.test(text.trim()) ? canonicalPhoneNumber(text, { digitsOnly: true }) : null;
