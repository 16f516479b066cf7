import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { OPERATOR } from '#shared/container.ts';
import { services } from '#shared/topology.ts';
import { accessKeyOf } from '../../apps/local/local-aws.ts';

/** What a request to Kinesis or SQS says about itself: who signed it, what it asks for, and of what. Pure. */

const callers: ReadonlyMap<string, string> = new Map(
  [...Object.keys(services), OPERATOR].map((caller) => [accessKeyOf(caller), caller]),
);

/** The service, or the operator's command, whose access key signed it; null: none of ours. */
export function callerOf(headers: IncomingHttpHeaders): string | null {
  const key = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1];
  return callers.get(key ?? '') ?? null;
}

const PREFIXES: Readonly<Record<string, string>> = { Kinesis_20131202: 'kinesis', AmazonSQS: 'sqs' };

/** Batches need the permission of the single call: IAM knows no other. */
const SINGLE: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

/** The operation, and the permission that it needs: `kinesis:GetRecords`. Throws for an API that is not known here. */
export function operationOf(headers: IncomingHttpHeaders): { operation: string; action: string } {
  const [target = '', operation = ''] = String(headers['x-amz-target'] ?? '').split('.');
  const prefix = PREFIXES[target];
  if (prefix === undefined || operation === '')
    throw new Error(`an unknown AWS call: ${target}.${operation}`);
  return { operation, action: `${prefix}:${SINGLE[operation] ?? operation}` };
}

const requestSchema = z.object({
  StreamName: z.string().optional(),
  QueueName: z.string().optional(),
  QueueUrl: z.string().optional(),
  ShardIterator: z.string().optional(),
});
const answerSchema = z.object({
  ShardIterator: z.string().optional(),
  NextShardIterator: z.string().nullish(),
});

/** Remembers which stream an iterator belongs to: GetRecords names nothing else. */
export class Resources {
  readonly #streamOf = new Map<string, string>();

  /** The stream or queue of a request. Throws when it names none. */
  of(body: string): string {
    const request = requestSchema.parse(JSON.parse(body));
    const named = request.StreamName ?? request.QueueName ?? request.QueueUrl?.split('/').at(-1);
    const resource = named ?? this.#streamOf.get(request.ShardIterator ?? '');
    if (resource === undefined) throw new Error(`a call without a resource: ${body.slice(0, 200)}`);
    return resource;
  }

  /** Learns the iterators of an answer. */
  learn(resource: string, answer: string): void {
    const { ShardIterator, NextShardIterator } = answerSchema.parse(JSON.parse(answer));
    for (const iterator of [ShardIterator, NextShardIterator]) {
      if (iterator) this.#streamOf.set(iterator, resource);
    }
  }
}

export const handsOutIterators = (operation: string): boolean =>
  operation === 'GetShardIterator' || operation === 'GetRecords';
