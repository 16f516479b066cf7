import { z } from 'zod';
import { oneOf, parsed, type Settings } from '#shared/config.ts';
import { databaseSettings } from '#shared/postgres/settings.ts';

const credentialsSchema = z.object({ username: z.string().min(1), password: z.string().min(1) });

/** Settings of the one-off task that migrates. */
export const migrateSettings = {
  ...databaseSettings,
  DB_SECRET: {
    ...parsed(
      z
        .string()
        .transform((text, context): unknown => {
          try {
            return JSON.parse(text);
          } catch {
            context.addIssue({ code: 'custom', message: 'must be JSON' });
            return z.NEVER;
          }
        })
        .pipe(credentialsSchema),
      {
        help: 'Credentials of the owner of the database, as JSON with username and password: the secret that RDS manages.',
      },
    ),
    secret: true,
  },
  LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error'], {
    fallback: 'info',
    help: 'Least level that is logged.',
  }),
} satisfies Settings;
