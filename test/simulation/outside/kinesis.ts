import type { createKinesis as realCreateKinesis } from '#shared/kinesis/client.ts';
import { current } from '../current.ts';

export * from '#shared/kinesis/client.ts';

export const createKinesis: typeof realCreateKinesis = () => current().kinesis();
