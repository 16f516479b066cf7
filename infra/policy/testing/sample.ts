import type { Resource } from '../control.ts';

/** A small resource for tests of controls, with what else the stack has. */
export interface Sample {
  resource: Resource;
  stack: readonly Resource[];
}

/** A resource that passes a control, and one that it reports. */
export interface Case {
  good: readonly Sample[];
  bad: readonly Sample[];
}
export type Cases = Readonly<Record<string, Case>>;

type Inputs = Resource['inputs'];

interface Around {
  name?: string;
  stack?: string;
  /** Other resources one of whose inputs comes of this one. */
  pointedAt?: readonly { type: string; by: string; inputs?: Inputs }[];
  /** Resources that inputs of this one come of. */
  from?: Readonly<Record<string, { type: string; inputs?: Inputs }>>;
  /** Resources that have nothing to do with it. */
  beside?: readonly { type: string; inputs?: Inputs }[];
}

const urnOf = (type: string, name: string, stack: string): string =>
  `urn:pulumi:${stack}::carillon::${type}::${name}`;

export function sample(type: string, inputs: Inputs, around: Around = {}): Sample {
  const { name = 'it', stack = 'prod', pointedAt = [], from = {}, beside = [] } = around;
  const made = (
    other: string,
    otherType: string,
    given: Inputs = {},
    propertyDependencies: Resource['propertyDependencies'] = {},
  ): Resource => ({
    urn: urnOf(otherType, other, stack),
    type: otherType,
    name: other,
    inputs: given,
    propertyDependencies,
  });
  const sources = Object.entries(from).map(([input, source]) => ({
    input,
    resource: made(`source-${input}`, source.type, source.inputs),
  }));
  const resource = made(
    name,
    type,
    inputs,
    Object.fromEntries(sources.map(({ input, resource: { urn } }) => [input, [urn]])),
  );
  return {
    resource,
    stack: [
      resource,
      ...sources.map((source) => source.resource),
      ...pointedAt.map((other, i) =>
        made(`other-${i}`, other.type, other.inputs, { [other.by]: [resource.urn] }),
      ),
      ...beside.map((other, i) => made(`beside-${i}`, other.type, other.inputs)),
    ],
  };
}

/** One good and one bad resource of a type, by their inputs. */
export const byInputs = (type: string, good: Inputs, ...bad: readonly [Inputs, ...Inputs[]]): Case => ({
  good: [sample(type, good)],
  bad: bad.map((inputs) => sample(type, inputs)),
});

/** A resource with another that points at it, and one without. */
export const byPointer = (
  type: string,
  by: { type: string; by: string; inputs?: Inputs },
  ...bad: readonly Inputs[]
): Case => ({
  good: [sample(type, {}, { pointedAt: [by] })],
  bad: [
    sample(type, {}),
    // One that belongs to somebody else does not count.
    sample(type, {}, { beside: [by] }),
    ...bad.map((inputs) => sample(type, {}, { pointedAt: [{ ...by, inputs }] })),
  ],
});

/** A policy document with the given statements. */
export const document = (...statements: readonly Readonly<Record<string, unknown>>[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

export const TLS_ONLY = {
  Effect: 'Deny',
  Principal: '*',
  Action: '*',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
/** Looks like it, and refuses nobody. */
export const TLS_TOO = { ...TLS_ONLY, Effect: 'Allow' };
export const PUBLIC = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sqs:SendMessage', Resource: '*' };
export const OWN_ROLE = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::123456789012:role/sender' },
  Action: 'sqs:SendMessage',
  Resource: 'arn:aws:sqs:us-east-1:123456789012:q',
};
export const KEY = 'arn:aws:kms:us-east-1:123456789012:key/1';
