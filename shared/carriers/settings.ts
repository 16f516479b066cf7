import { z } from 'zod';
import { parsed, type Settings, text, url } from '#shared/config.ts';
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
