import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { newApiKey, textOf } from '#shared/api-keys/api-key.ts';
import { readKept, writeKept } from './kept-json.ts';

const secretsSchema = z.object({
  postgresPassword: z.string().min(1),
  rolePasswords: z.record(z.string(), z.string()),
  twilioAccountSid: z.string().regex(/^AC[0-9a-f]{32}$/),
  twilioAuthToken: z.string().min(1),
  // Folders of earlier versions have none of these.
  consentPepper: z.string().min(1).optional(),
  apiKeyPepper: z.string().min(1).optional(),
  webhookSecretKey: z.string().min(1).optional(),
  /** PEM, of the application that sends through Vonage. */
  vonagePrivateKey: z.string().min(1).optional(),
  vonageSignatureSecret: z.string().min(1).optional(),
  /** The API key that is there from the first start, for programs. */
  adminKey: z.string().min(1).optional(),
});
type KeptSecrets = z.infer<typeof secretsSchema>;
export type LocalSecrets = Required<KeptSecrets>;

const secret = (): string => randomBytes(24).toString('hex');

const newPrivateKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

/** What is missing of the secrets, made up; what is there stays. Null when nothing was missing. */
export function completed(kept: KeptSecrets | null, services: readonly string[]): LocalSecrets | null {
  const missing = services.filter((service) => kept?.rolePasswords[service] === undefined);
  const whole = secretsSchema.required().safeParse(kept).success;
  if (whole && missing.length === 0) return null;
  return {
    postgresPassword: kept?.postgresPassword ?? secret(),
    twilioAccountSid: kept?.twilioAccountSid ?? `AC${randomBytes(16).toString('hex')}`,
    twilioAuthToken: kept?.twilioAuthToken ?? secret(),
    consentPepper: kept?.consentPepper ?? `1:${secret()}`,
    apiKeyPepper: kept?.apiKeyPepper ?? secret(),
    webhookSecretKey: kept?.webhookSecretKey ?? randomBytes(32).toString('hex'),
    vonagePrivateKey: kept?.vonagePrivateKey ?? newPrivateKey(),
    vonageSignatureSecret: kept?.vonageSignatureSecret ?? secret(),
    adminKey: kept?.adminKey ?? textOf(newApiKey()),
    rolePasswords: {
      ...kept?.rolePasswords,
      ...Object.fromEntries(missing.map((service) => [service, secret()])),
    },
  };
}

/** Secrets of this data folder: made once, kept in a file that only its owner reads. */
export async function localSecrets(file: string, services: readonly string[]): Promise<LocalSecrets> {
  const made = completed(await readKept(file, secretsSchema), services);
  if (made) {
    await writeKept(file, made);
    return made;
  }
  const kept = await readKept(file, secretsSchema.required());
  return kept ?? localSecrets(file, services);
}
