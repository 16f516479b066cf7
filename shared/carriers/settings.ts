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

/** Settings of services that receive webhooks or tell carriers where to send them. */
export const publicUrlSettings = {
  PUBLIC_URL: url({
    help: 'Address under which carriers reach the gateway, as they sign it: scheme, host and port.',
  }),
} satisfies Settings;

/** Settings of services that choose the number a message comes from. */
export const originationSettings = {
  ORIGINATION_NUMBER: parsed(phoneNumberSchema, {
    help: 'Sender number of everything that names no other, in E.164 form.',
  }),
} satisfies Settings;
