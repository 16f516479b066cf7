import { resolve } from 'node:path';
import { z } from 'zod';
import { awsSmsSettings, carrierSettings, vonageSettings } from '#shared/carriers/settings.ts';
import { flag, integer, oneOf, onlyFor, parsed, type Settings, text } from '#shared/config.ts';
import { carrierNameSchema } from '#shared/contracts/dialog-commands.ts';
import { phoneNumberSchema } from '#shared/phone/phone-number.ts';
import type { Delay } from './message.ts';

/** "100-400", milliseconds. */
const delay = z.string().transform((value, context): Delay => {
  const [, min, max] = /^(\d{1,6})-(\d{1,6})$/.exec(value) ?? [];
  if (min !== undefined && max !== undefined && Number(min) <= Number(max)) {
    return { min: Number(min), max: Number(max) };
  }
  context.addIssue({ code: 'custom', message: 'must be a range like 100-400' });
  return z.NEVER;
});

const webUrl = z.url({ protocol: /^https?$/ });

const jsonText = z.string().transform((value, context): unknown => {
  try {
    return JSON.parse(value);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
});

const urlsByNumber = jsonText.pipe(z.record(phoneNumberSchema, webUrl));

const carriersByNumber = jsonText.pipe(z.record(phoneNumberSchema, carrierNameSchema));

export const carrierAddressSettings = {
  CARILLON_CARRIER_HOST: text({ fallback: '127.0.0.1', help: 'Address of the carrier simulator.' }),
  CARILLON_CARRIER_PORT: integer(
    { min: 0, max: 65_535 },
    { fallback: '8401', help: 'Port of the carrier simulator.' },
  ),
} satisfies Settings;

export const simulatorSettings = {
  ...carrierAddressSettings,
  CARILLON_CARRIER_DATA: parsed(
    z.string().transform((value) => (value === 'memory' ? null : resolve(value))),
    { fallback: 'memory', help: 'Folder in which messages are kept; "memory": they end with the process.' },
  ),
  CARILLON_CARRIER_MAX_MESSAGES: integer(
    { min: 100, max: 5_000_000 },
    { fallback: '500000', unit: 'messages', help: 'The oldest finished messages beyond this are dropped.' },
  ),
  CARRIER_INBOUND_WEBHOOK_URL: parsed(z.union([z.literal('none').transform(() => null), webUrl]), {
    fallback: 'none',
    help: 'Where texts from phones are posted; the fragment may override connection settings (#rc=3&rp=ct,rt,5xx).',
  }),
  CARRIER_INBOUND_WEBHOOK_URLS: parsed(urlsByNumber, {
    fallback: '{}',
    help: 'JSON object: webhook addresses of single numbers, instead of CARRIER_INBOUND_WEBHOOK_URL.',
  }),
  CARRIER_VOICE_WEBHOOK_URL: parsed(z.union([z.literal('none').transform(() => null), webUrl]), {
    fallback: 'none',
    help: 'Where calls from phones are asked about; none: nobody answers them.',
  }),
  CARRIER_CALL_SPEED: integer(
    { min: 1, max: 10_000 },
    { fallback: '1', unit: 'times', help: 'How many times faster than life calls ring, speak and wait.' },
  ),
  CARRIER_CALLS_PER_SECOND: integer(
    { min: 1, max: 10_000 },
    {
      fallback: '1',
      unit: 'calls/s',
      help: 'Calls that are dialled in a second; the others wait in their order.',
    },
  ),
  CARRIERS: carrierSettings.CARRIERS,
  ...onlyFor('CARRIERS', 'vonage', {
    VONAGE_API_KEY: vonageSettings.VONAGE_API_KEY,
    VONAGE_APPLICATION_ID: vonageSettings.VONAGE_APPLICATION_ID,
    VONAGE_PRIVATE_KEY: vonageSettings.VONAGE_PRIVATE_KEY,
    VONAGE_SIGNATURE_SECRET: vonageSettings.VONAGE_SIGNATURE_SECRET,
  }),
  ...onlyFor('CARRIERS', 'aws', { AWS_SMS_TOPIC_ARNS: awsSmsSettings.AWS_SMS_TOPIC_ARNS }),
  CARRIER_PUBLIC_URL: parsed(z.union([z.literal('none').transform(() => null), webUrl]), {
    fallback: 'none',
    help: 'Address of the gateway, to which Vonage and AWS post what phones text to numbers of theirs, and what became of messages.',
  }),
  CARRIER_NUMBERS: parsed(carriersByNumber, {
    fallback: '{}',
    help: 'JSON object: at which carrier numbers are, `vonage` or `aws`; all others are at Twilio.',
  }),
  CARRIER_HANDLES_OPT_OUT: flag({
    fallback: 'false',
    help: 'Whether the simulated carrier answers STOP, START and HELP itself and refuses sends with 21610.',
  }),
  CARRIER_SENT_AFTER_MS: parsed(delay, {
    fallback: '100-400',
    unit: 'ms',
    help: 'Time from acceptance to the status sent.',
  }),
  CARRIER_DELIVERED_AFTER_MS: parsed(delay, {
    fallback: '300-1500',
    unit: 'ms',
    help: 'Time from sent to delivered.',
  }),
  TWILIO_ACCOUNT_SID: parsed(
    z.string().regex(/^AC[0-9a-fA-F]{32}$/, 'must be AC and 32 hexadecimal digits'),
    {
      help: 'Account that the simulator answers for.',
    },
  ),
  TWILIO_AUTH_TOKEN: text({ help: 'Password of the account; signs the webhooks.', secret: true }),
  ORIGINATION_NUMBER: parsed(phoneNumberSchema, {
    help: 'Number that texts go to when they name no other, and that messaging services send from.',
  }),
  LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error'], {
    fallback: 'info',
    help: 'Least level that is logged.',
  }),
} satisfies Settings;
