import { z } from 'zod';
import { definitionSchema } from '#shared/campaigns/definition.ts';
import { fieldsUsed } from '#shared/campaigns/fields-used.ts';
import type { Clock } from '#shared/clock.ts';
import { fieldNameSchema, fieldTypes, LONGEST_VALUE } from '#shared/contacts/fields.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { checkVersion } from '../http/version.ts';
import { name as label } from '../http/words.ts';
import {
  insertField,
  isBeingRemoved,
  listFields,
  lockField,
  markDeleted,
  openCampaignsWith,
  readField,
  type StoredField,
  updateField,
} from './store.ts';

const tag = 'Contacts';

const MOST_FIELDS = 200;
const MOST_CHOICES = 200;

const choices = z.array(storableText.pipe(z.string().trim().min(1).max(LONGEST_VALUE))).max(MOST_CHOICES);

const fieldName = fieldNameSchema.meta({
  description: 'As filters, texts and columns of imports name it. It never changes',
  example: 'clinic',
});

const newFieldSchema = z
  .strictObject({
    name: fieldName,
    label,
    type: z.enum(fieldTypes),
    choices: choices.default([]).meta({ description: 'Of a choice, and of nothing else' }),
  })
  .refine(({ choices, type }) => (type === 'choice') === choices.length > 0, {
    path: ['choices'],
    message: 'a choice has some, and nothing else has',
  })
  .meta({ id: 'NewContactField', example: { name: 'clinic', label: 'Clinic', type: 'text' } });

const fieldChangeSchema = z
  .strictObject({
    label: label.optional(),
    choices: choices.optional().meta({ description: 'All of them: those that are there, and more' }),
  })
  .meta({
    id: 'ContactFieldChange',
    description: 'What is left out stays as it is',
    example: { label: 'Clinic of choice' },
  });

const fieldSchema = z
  .object({
    name: z.string(),
    label: z.string(),
    type: z.enum(fieldTypes),
    choices: z.array(z.string()),
    createdAt: instant,
  })
  .meta({ id: 'ContactField' });

const wireField = ({ version: _, ...field }: StoredField): z.input<typeof fieldSchema> => ({
  ...field,
  choices: [...field.choices],
  createdAt: field.createdAt.toISOString(),
});

const audited = ({ choices, label, type }: StoredField) => ({ label, type, choices });

const params = z.object({ name: storableText.pipe(z.string().min(1).max(40)).meta({ example: 'clinic' }) });

const noSuchField = (): Problem => new Problem('not_found', 'There is no such field.');

/** Fields that an organisation adds to contacts. */
export const contactFieldOperations = ({ clock }: { clock: Clock }): readonly Operation[] => [
  read({
    id: 'listContactFields',
    path: '/v1/contact-fields',
    tag,
    summary: `Lists all fields that were added to contacts, at most ${MOST_FIELDS}`,
    access: 'viewer',
    replies: {
      200: {
        description: 'All of them, by name',
        body: z.object({ items: z.array(fieldSchema) }).meta({ id: 'ContactFieldList' }),
      },
    },
    handle: async (_request, db) => reply(200, { items: (await listFields(db)).map(wireField) }),
  }),
  read({
    id: 'getContactField',
    path: '/v1/contact-fields/{name}',
    tag,
    summary: 'Gets a field of contacts',
    access: 'viewer',
    params,
    replies: { 200: { description: 'The field', body: fieldSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { name } }, db) => {
      const field = await readField(db, name);
      if (field === null) throw noSuchField();
      return reply(200, wireField(field), { version: field.version });
    },
  }),
  change({
    id: 'createContactField',
    method: 'post',
    path: '/v1/contact-fields',
    tag,
    summary: 'Adds a field to contacts',
    description: 'Its name and type never change: what was written with them would mean something else.',
    access: 'operator',
    body: newFieldSchema,
    replies: { 201: { description: 'The new field', body: fieldSchema, versioned: true } },
    problems: ['conflict'],
    handle: async ({ body }, { tx, audit }) => {
      if ((await listFields(tx)).length >= MOST_FIELDS) {
        throw new Problem('conflict', `There are ${MOST_FIELDS} fields already: delete one first.`);
      }
      const given = { ...body, choices: [...new Set(body.choices)] };
      const field = await insertField(tx, given, clock.now());
      if (field === null) {
        const detail = (await isBeingRemoved(tx, body.name))
          ? 'A field of this name was deleted, and its values are still being removed. Try it again in a few minutes.'
          : 'There is a field of this name already.';
        throw new Problem('conflict', detail);
      }
      const after = audited(field);
      audit({ subject: 'contact-field', subjectId: field.name, action: 'created', before: null, after });
      return reply(201, wireField(field), { version: field.version });
    },
  }),
  change({
    id: 'updateContactField',
    method: 'patch',
    path: '/v1/contact-fields/{name}',
    tag,
    summary: 'Changes the label of a field, or adds choices',
    access: 'operator',
    requiresVersion: true,
    params,
    body: fieldChangeSchema,
    replies: { 200: { description: 'The field as it is now', body: fieldSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ body, ifMatch, params: { name } }, { tx, audit }) => {
      const before = await lockField(tx, name);
      if (before === null) throw noSuchField();
      checkVersion(before, ifMatch);
      const field = await updateField(tx, {
        name,
        label: body.label ?? before.label,
        choices: body.choices === undefined ? before.choices : grown(before, body.choices),
      });
      audit({
        subject: 'contact-field',
        subjectId: name,
        action: 'updated',
        before: audited(before),
        after: audited(field),
      });
      return reply(200, wireField(field), { version: field.version });
    },
  }),
  change({
    id: 'deleteContactField',
    method: 'delete',
    path: '/v1/contact-fields/{name}',
    tag,
    summary: 'Deletes a field, with its values',
    description:
      'At once nothing shows or takes a value of it; the values themselves are removed in the background. Not while a campaign that has not ended names it.',
    access: 'admin',
    params,
    replies: { 204: { description: 'It is gone', body: null } },
    problems: ['not_found', 'conflict', 'changed_meanwhile'],
    handle: async ({ ifMatch, params: { name } }, { tx, audit }) => {
      const field = await lockField(tx, name);
      if (field === null) throw noSuchField();
      checkVersion(field, ifMatch);
      const users = (await openCampaignsWith(tx, name)).filter(({ definition }) => mayUse(definition, name));
      if (users.length > 0) {
        throw new Problem(
          'conflict',
          `Campaigns that have not ended name it, or cannot be read by this version: ${users.map((each) => `${each.name} (${each.status})`).join(', ')}.`,
        );
      }
      await markDeleted(tx, name, clock.now());
      const before = audited(field);
      audit({ subject: 'contact-field', subjectId: name, action: 'deleted', before, after: null });
      return reply(204, null);
    },
  }),
];

/** Whether a campaign names the field, or nobody knows: a newer version wrote it. */
function mayUse(definition: unknown, name: string): boolean {
  const { data } = definitionSchema.safeParse(definition);
  return data === undefined || fieldsUsed(data).has(name);
}

/** Choices only grow: contacts may have any of them. */
function grown({ choices: before, type }: StoredField, given: readonly string[]): string[] {
  const fault = (detail: string): Problem =>
    new Problem('invalid_request', 'The choices cannot become these.', {
      faults: [{ in: 'body', pointer: '/choices', detail }],
    });
  if (type !== 'choice') throw fault(`a ${type} has no choices`);
  const missing = before.filter((choice) => !given.includes(choice));
  if (missing.length > 0) throw fault(`must keep those that are there: ${missing.join(', ')}`);
  return [...new Set(given)];
}
