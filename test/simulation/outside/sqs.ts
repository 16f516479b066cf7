import type { createSqs as realCreateSqs } from '#shared/sqs/client.ts';
import { current } from '../current.ts';

export * from '#shared/sqs/client.ts';

export const createSqs: typeof realCreateSqs = () => current().sqs();
