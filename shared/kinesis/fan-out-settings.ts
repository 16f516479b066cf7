import { z } from 'zod';
import { parsed, type Settings } from '#shared/config.ts';
import { CarillonError } from '#shared/errors.ts';
import type { StreamName } from '#shared/topology.ts';
import type { StreamConsumerDefinition } from './definition.ts';

/** ARNs of registered consumers, by the name of the consumer in the topology. */
export type FanOutConsumers = ReadonlyMap<string, string>;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html */
const CONSUMER_ARN =
  /^arn:aws[a-z-]*:kinesis:[a-z0-9-]+:\d{12}:stream\/([\w.-]{1,128})\/consumer\/[\w.-]{1,128}:\d+$/;

const fanOutConsumers = z.string().transform((text, context): FanOutConsumers => {
  const arns = new Map<string, string>();
  const fault = (message: string): void => context.addIssue({ code: 'custom', message });
  for (const entry of text.split(',').filter((part) => part !== '')) {
    const [consumer = '', arn = ''] = entry.split(/=(.*)/s);
    if (consumer === '') fault(`"${entry}" names no consumer`);
    else if (!CONSUMER_ARN.test(arn)) fault(`what ${consumer} has is no ARN of a registered consumer`);
    else if (arns.has(consumer)) fault(`${consumer} has two ARNs`);
    else if ([...arns.values()].includes(arn)) {
      fault(`${consumer} has the ARN of another: they would take each other's subscriptions`);
    } else arns.set(consumer, arn);
  }
  return arns;
});

/** Settings of a service that consumes streams. */
export const fanOutSettings = {
  FAN_OUT_CONSUMERS: parsed(fanOutConsumers, {
    fallback: '',
    help: 'Consumers that read by enhanced fan-out instead of polling, each with the ARN that it is registered under: log=arn:...,log-inbound=arn:....',
  }),
} satisfies Settings;

/**
 * Throws `invalid_configuration` for an ARN that is of no consumer of this service, or of another stream than it reads:
 * records of that stream would be taken for its own.
 */
export function requireOwnConsumers(
  fanOut: FanOutConsumers,
  consumers: readonly Pick<StreamConsumerDefinition<unknown>, 'consumer' | 'stream'>[],
  nameOf: (stream: StreamName) => string,
): void {
  const faults: string[] = [];
  for (const [name, arn] of fanOut) {
    const own = consumers.find(({ consumer }) => consumer === name);
    const stream = CONSUMER_ARN.exec(arn)?.[1];
    if (own === undefined) faults.push(`${name} is no consumer of this service`);
    else if (stream !== nameOf(own.stream)) {
      faults.push(`${name} reads ${nameOf(own.stream)}, and its ARN is of ${stream}`);
    }
  }
  if (faults.length > 0) {
    throw new CarillonError('invalid_configuration', `FAN_OUT_CONSUMERS: ${faults.join('; ')}.`);
  }
}
