import { z } from 'zod';
import { parsed, type Settings } from '#shared/config.ts';
import { type PseudonymKey, Pseudonyms } from './pseudonyms.ts';

const key = z
  .string()
  .regex(
    /^[1-9]\d{0,5}:[\w+/=-]{32,}$/,
    'must be VERSION:SECRET, the secret of at least 32 letters and digits',
  )
  .transform((text): PseudonymKey => {
    const [version = '', secret = ''] = text.split(/:(.*)/s);
    return { version: Number(version), secret };
  });

const pepper = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.tuple([key], key))
  .refine(
    (keys) => new Set(keys.map(({ version }) => version)).size === keys.length,
    'must not have two secrets of one version',
  )
  .transform((keys) => new Pseudonyms(keys));

/** Settings of every service that asks whether something is on record about a number. */
export const erasureSettings = {
  CONSENT_PEPPER: parsed(pepper, {
    help: 'Keys under which the numbers of erased people are hashed: VERSION:SECRET, separated by commas, the one in use first. A key that was used must stay.',
    secret: true,
  }),
} satisfies Settings;
