import { createPrivateKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { membersOf, oneOf, onlyFor, parsed, type Settings, text, url } from '#shared/config.ts';
import { carrierNameSchema } from '#shared/contracts/dialog-commands.ts';
import { phoneNumberSchema } from '#shared/phone/phone-number.ts';

/** Settings of services that speak to Twilio. */
export const twilioSettings = {
  TWILIO_ACCOUNT_SID: text({ help: 'Account of Twilio; begins with AC.' }),
  TWILIO_AUTH_TOKEN: text({
    help: 'Primary auth token of that account: it also signs webhooks.',
    secret: true,
  }),
  TWILIO_API_URL: url({
    fallback: 'https://api.twilio.com',
    help: "Base address of Twilio's API; another one for a simulator.",
  }),
} satisfies Settings;

/** A private key in PEM form. Line breaks may be written as \\n, as variables often have them. */
const privateKey = z.string().transform((pem, context): KeyObject => {
  try {
    return createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a private key in PEM form' });
    return z.NEVER;
  }
});

/** Settings of services that speak to Vonage. */
export const vonageSettings = {
  VONAGE_API_KEY: text({ help: 'API key of the account at Vonage: webhooks say it.' }),
  VONAGE_APPLICATION_ID: text({
    help: 'Application of Vonage that sends; its webhooks lead to the gateway.',
  }),
  VONAGE_PRIVATE_KEY: parsed(privateKey, {
    help: 'Private key of that application, PEM: it signs our requests.',
    secret: true,
  }),
  VONAGE_SIGNATURE_SECRET: text({
    help: 'Signature secret of the account: it signs webhooks.',
    secret: true,
  }),
  VONAGE_SIGNATURE_METHOD: oneOf(['sha256', 'sha512', 'sha1', 'md5', 'md5hash'], {
    fallback: 'sha256',
    help: "How the account signs webhooks of the SMS API, as its dashboard says: an HMAC, or `md5hash`. No other way is taken. The Messages API's are always signed by SHA-256.",
  }),
  VONAGE_API_URL: url({
    fallback: 'https://api.nexmo.com',
    help: "Base address of Vonage's API: of a region, or of a simulator.",
  }),
} satisfies Settings;

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** An origin, as carriers sign it: what is left of the address is ours to choose. Texts never travel in the clear. */
export const publicUrl = z
  .url({ protocol: /^https?$/ })
  .transform((value) => value.replace(/\/$/, ''))
  .refine((value) => new URL(value).origin === value || `${new URL(value).origin}:443` === value, {
    message: 'must be scheme, host and port only, in lower case',
  })
  .refine((value) => value.startsWith('https:') || LOOPBACK.test(new URL(value).hostname), {
    message: 'must be https, except on this machine',
  });

/** Settings of services that receive webhooks or tell carriers where to send them. */
export const publicUrlSettings = {
  PUBLIC_URL: parsed(publicUrl, {
    help: 'Address under which carriers reach the gateway, as they sign it: scheme, host and port.',
  }),
} satisfies Settings;

/** Settings of services that choose the number a message comes from. */
export const originationSettings = {
  ORIGINATION_NUMBER: parsed(phoneNumberSchema, {
    help: 'Sender number of everything that names no other, in E.164 form.',
  }),
} satisfies Settings;

const carrierList = z.string().transform((value, context) => {
  const names = z.array(carrierNameSchema).min(1).safeParse(membersOf(value));
  if (names.success && new Set(names.data).size === names.data.length) return names.data;
  context.addIssue({
    code: 'custom',
    message: 'must be one or more of twilio, vonage and aws, with commas between',
  });
  return z.NEVER;
});

/** Settings of services that speak to every carrier that is set up. */
export const carrierSettings = {
  CARRIERS: parsed(carrierList, {
    fallback: 'twilio',
    help: 'Carriers that are set up: `twilio`, `vonage`, `aws`, with commas between. The first is that of numbers of ours for which nothing else is said.',
  }),
  ...onlyFor('CARRIERS', 'twilio', twilioSettings),
  ...onlyFor('CARRIERS', 'vonage', vonageSettings),
} satisfies Settings;
