import type { ResourceRecord } from './resource-record.ts';

/** A record that no program registered, for tests of what reads records. */
export const sampleRecord = (
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>> = {},
  rest: Partial<ResourceRecord> = {},
): ResourceRecord => ({
  urn: `urn:pulumi:sample::carillon::${type}::${name}`,
  type,
  name,
  custom: true,
  parent: '',
  inputs,
  outputs: {},
  secretPaths: [],
  dependencies: [],
  propertyDependencies: {},
  protect: false,
  retainOnDelete: false,
  ignoreChanges: [],
  provider: '',
  ...rest,
});
