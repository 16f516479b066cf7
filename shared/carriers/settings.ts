import { createPrivateKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { awsSettings } from '#shared/aws-settings.ts';
import {
  flag,
  localOnly,
  membersOf,
  oneOf,
  onlyFor,
  optionalText,
  parsed,
  type Settings,
  text,
  url,
} from '#shared/config.ts';
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

/** A private RSA key in PEM form. Line breaks may be written as \\n, as variables often have them. */
const privateKey = z.string().transform((pem, context): KeyObject => {
  try {
    const key = createPrivateKey(pem.replaceAll('\\n', '\n'));
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // It is none.
  }
  context.addIssue({ code: 'custom', message: 'must be a private RSA key in PEM form' });
  return z.NEVER;
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

const listOf = (member: RegExp, like: string) =>
  z
    .string()
    .transform(membersOf)
    .refine((members) => members.length > 0 && members.every((each) => member.test(each)), {
      message: `must be ${like}, with commas between`,
    });

/** An origin on this machine; empty is null. */
const loopbackOrigin = z
  .string()
  .transform((value) => (value === '' ? null : value.replace(/\/$/, '')))
  .refine((value) => value === null || isLoopbackOrigin(value), {
    message: 'must be scheme, host and port on this machine',
  });

function isLoopbackOrigin(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && url.origin === value && LOOPBACK.test(url.hostname);
}

/** Settings of services that speak to AWS End User Messaging SMS, besides those of every service that calls AWS. */
export const awsSmsSettings = {
  AWS_SMS_CONFIGURATION_SET: text({
    help: 'Configuration set of AWS End User Messaging SMS that messages are sent under: it says where events go.',
  }),
  AWS_SMS_MESSAGE_TYPE: oneOf(['TRANSACTIONAL', 'PROMOTIONAL'], {
    fallback: 'TRANSACTIONAL',
    help: 'What the numbers at AWS are registered for.',
  }),
  AWS_SMS_TOPIC_ARNS: parsed(
    listOf(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(?:\.fifo)?$/, 'ARNs of topics'),
    {
      help: 'Topics of SNS on which texts and events come. What any other topic posts is refused.',
    },
  ),
  AWS_SMS_HANDLES_OPT_OUT: flag({
    fallback: 'false',
    help: 'Whether AWS answers STOP and HELP itself, as it does for numbers without self-managed opt-outs.',
  }),
  AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2: optionalText({
    help: 'Address of another endpoint of AWS End User Messaging SMS, as a simulator has.',
  }),
  AWS_SNS_LOCAL_ORIGIN: localOnly(
    parsed(loopbackOrigin, {
      fallback: '',
      help: 'Simulator on this machine whose certificates and confirmations count in place of those of AWS.',
    }),
  ),
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

/** Setting of services that plan what others send: they speak to no carrier, and choose numbers that can be sent from. */
export const setUpCarrierSettings = {
  CARRIERS: parsed(carrierList, {
    fallback: 'twilio',
    help: 'Carriers that are set up: `twilio`, `vonage`, `aws`, with commas between. The first is that of numbers of ours for which nothing else is said.',
  }),
} satisfies Settings;

/** Settings of services that speak to the carrier of calls: of the others they only know that they are set up. */
export const voiceCarrierSettings = {
  ...setUpCarrierSettings,
  ...onlyFor('CARRIERS', 'twilio', twilioSettings),
} satisfies Settings;

/** Settings of services that speak to every carrier that is set up. */
export const carrierSettings = {
  ...voiceCarrierSettings,
  ...onlyFor('CARRIERS', 'vonage', vonageSettings),
  ...awsSettings,
  ...onlyFor('CARRIERS', 'aws', awsSmsSettings),
} satisfies Settings;
