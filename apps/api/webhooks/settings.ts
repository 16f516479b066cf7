import { z } from 'zod';
import { type Config, localFlag, parsed, type Settings } from '#shared/config.ts';
import { CarillonError } from '#shared/errors.ts';
import { ALSO_THIS_MACHINE, PUBLIC_INTERNET } from './public-address.ts';

const KEY_BYTES = 32;

/** Of outgoing webhooks. */
export const webhookSettings = {
  WEBHOOK_SECRET_KEY: parsed(
    z
      .string()
      .regex(/^[0-9a-f]{64}$/, `must be ${KEY_BYTES} bytes as hexadecimal digits`)
      .transform((text) => Buffer.from(text, 'hex')),
    {
      secret: true,
      help: 'Key under which the secrets of outgoing webhooks are stored: the output of `openssl rand -hex 32`. After a change every webhook needs a new secret.',
    },
  ),
  WEBHOOKS_TO_THIS_MACHINE: localFlag({
    help: 'For the local stack alone: whether outgoing webhooks may also go to this machine, and there without TLS. It cannot be set on AWS, and takes a SERVICE_HOST of this machine.',
  }),
} satisfies Settings;

const THIS_MACHINE = ['127.0.0.1', '::1', 'localhost'];

/** What a service with these settings works with. Throws `invalid_configuration` where it could be reached from elsewhere. */
export function webhookPartsFrom({
  SERVICE_HOST,
  WEBHOOKS_TO_THIS_MACHINE,
  WEBHOOK_SECRET_KEY,
}: Config<typeof webhookSettings> & { SERVICE_HOST: string }) {
  if (WEBHOOKS_TO_THIS_MACHINE && !THIS_MACHINE.includes(SERVICE_HOST)) {
    throw new CarillonError(
      'invalid_configuration',
      'WEBHOOKS_TO_THIS_MACHINE is true, and SERVICE_HOST is not this machine.',
    );
  }
  const addresses = WEBHOOKS_TO_THIS_MACHINE ? ALSO_THIS_MACHINE : PUBLIC_INTERNET;
  return { secretKey: WEBHOOK_SECRET_KEY, addresses };
}
