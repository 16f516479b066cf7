import { z } from 'zod';
import { parsed, type Settings } from '#shared/config.ts';
import { databaseSettings } from './settings.ts';

const credentialsSchema = z.object({ username: z.string().min(1), password: z.string().min(1) });

/** Settings of tasks that work on the database as its owner. */
export const ownerSettings = {
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
} satisfies Settings;
