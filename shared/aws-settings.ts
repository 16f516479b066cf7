import { type Settings, text } from '#shared/config.ts';

/** Settings of everything that calls AWS. Credentials come from the SDK's own chain (the task role). */
export const awsSettings = {
  AWS_REGION: text({ fallback: 'us-east-1', help: 'AWS region of streams, queues and database.' }),
} satisfies Settings;
