import assert from 'node:assert/strict';
import { Ajv, type ValidateFunction } from 'ajv';
import description from './twilio-messages-calls.openapi.json' with { type: 'json' };

/** For tests: Twilio's own description of its API, and what judges by it. */
export { description };

export const ajv = new Ajv({ strict: false, coerceTypes: 'array', allErrors: true });
ajv.addFormat(
  'date-time-rfc-2822',
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$/,
);
ajv.addFormat('uri', (text) => text.startsWith('/') || URL.canParse(text));
ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)));
ajv.addFormat('currency', /^[A-Z]{3}$/);
// The description leaves what a phone number is to the error codes; see the tests of those.
ajv.addFormat('phone-number', true);
ajv.addFormat('uri-map', true);
ajv.addFormat('int64', true);
ajv.addSchema(description, 'twilio');

/** Answers must also have nothing that Twilio does not describe, and leave nothing out. */
export function closed(schema: { properties: Record<string, unknown> }): object {
  const required = Object.keys(schema.properties);
  return { ...withTwilioRefs(schema), additionalProperties: false, required };
}

export const withTwilioRefs = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"twilio#/components'));

export const assertValid = (validate: ValidateFunction, value: unknown): void =>
  assert.ok(validate(structuredClone(value)), JSON.stringify(validate.errors));
