import assert from 'node:assert/strict';
import type { Evaluation, ResourceRecord } from './resource-record.ts';

/** Questions that assertions ask of an evaluation. */

export const ofType = ({ resources }: Evaluation, type: string): ResourceRecord[] =>
  resources.filter((resource) => resource.type === type);

/** The one resource of this type and logical name. */
export function theOne(evaluation: Evaluation, type: string, name: string): ResourceRecord {
  const found = ofType(evaluation, type).filter((resource) => resource.name === name);
  const [only] = found;
  assert.ok(only !== undefined && found.length === 1, `${found.length} resources are ${type} ${name}`);
  return only;
}

/** The resources that AWS's provider makes. */
export const awsResources = ({ resources }: Evaluation): ResourceRecord[] =>
  resources.filter(({ type }) => type.startsWith('aws:'));

/** An input that must be a text. */
export function textOf(resource: ResourceRecord, input: string): string {
  const value = resource.inputs[input];
  assert.ok(typeof value === 'string', `${resource.urn} has no text ${input}`);
  return value;
}

/** The ARN that the stand-in gave a resource. */
export function arnOf(resource: ResourceRecord): string {
  const { arn } = resource.outputs;
  assert.ok(typeof arn === 'string', `${resource.urn} has no ARN`);
  return arn;
}

/** Everything that must be there before this resource: its dependencies, theirs, and those of the parents. */
export function comesAfter(evaluation: Evaluation, resource: ResourceRecord): ReadonlySet<string> {
  const byUrn = new Map(evaluation.resources.map((one) => [one.urn, one]));
  const before = new Set<string>();
  const open = [...resource.dependencies];
  for (let urn = open.pop(); urn !== undefined; urn = open.pop()) {
    if (before.has(urn)) continue;
    before.add(urn);
    open.push(...(byUrn.get(urn)?.dependencies ?? []));
  }
  return before;
}

/** Every text in a value, with its path. */
export function* textsIn(value: unknown, path = ''): Generator<{ path: string; text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      yield* textsIn(item, path === '' ? key : `${path}.${key}`);
    }
  }
}
