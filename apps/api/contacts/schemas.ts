import { z } from 'zod';
import { parseState } from '#shared/compliance/location/states.ts';
import { parseZone } from '#shared/compliance/location/zone.ts';
import { filterSchema } from '#shared/contacts/filter.ts';
import { languageSchema } from '#shared/contracts/drill.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { DEFAULT_LIMIT, MAX_LIMIT, pageQuery } from '../http/cursor.ts';
import { givenContactPhone, shownPhone } from '../http/phone.ts';
import { instant } from '../http/time.ts';
import type { Contact } from './store.ts';

const MOST_TAGS = 50;

/** A text of somebody's that is one of a few of ours, in any case. */
const named = (parse: (text: string) => string | null, message: string) =>
  z
    .string()
    .max(64)
    .transform((text, context): string => {
      const value = parse(text);
      if (value !== null) return value;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    });

const text = (max: number) => storableText.trim().min(1).max(max);

const attributes = z
  .record(z.string().max(40), z.union([z.string().max(500), z.number(), z.boolean(), z.null()]))
  .meta({
    description: 'Values of the fields of `/v1/contact-fields`, by their names; null takes one away',
    example: {},
  });

const given = {
  externalId: text(200)
    .nullable()
    .meta({ description: 'The id of the person in your own records: no two have one' }),
  name: text(200).nullable(),
  language: languageSchema.nullable().meta({ example: 'en' }),
  timeZone: named(parseZone, 'must be a zone of the IANA database that is a place, like America/New_York')
    .nullable()
    .meta({
      description: 'Decides when they may be written to; null: the state, postal code and area code do',
      example: 'America/New_York',
    }),
  state: named(parseState, 'must be the two letters of a state or territory of the United States')
    .nullable()
    .meta({ example: 'NY' }),
  postalCode: text(20).nullable().meta({ example: '10001' }),
  lineType: z.enum(['mobile', 'landline', 'voip', 'toll_free']).nullable(),
  attributes,
  tags: z.array(text(100)).max(MOST_TAGS),
};

export const newContactSchema = z
  .strictObject({
    phoneNumber: givenContactPhone,
    externalId: given.externalId.default(null),
    name: given.name.default(null),
    language: given.language.default(null),
    timeZone: given.timeZone.default(null),
    state: given.state.default(null),
    postalCode: given.postalCode.default(null),
    lineType: given.lineType.default(null),
    attributes: given.attributes.default({}),
    tags: given.tags.default([]),
  })
  .meta({ id: 'NewContact', example: { phoneNumber: '+14155550101', name: 'Ana Ruiz', language: 'es' } });

export const contactChangeSchema = z
  .strictObject({
    externalId: given.externalId.optional(),
    name: given.name.optional(),
    language: given.language.optional(),
    timeZone: given.timeZone.optional(),
    state: given.state.optional(),
    postalCode: given.postalCode.optional(),
    lineType: given.lineType.optional(),
    attributes: given.attributes.optional(),
    tags: given.tags.optional(),
  })
  .meta({
    id: 'ContactChange',
    description: 'What is left out stays as it is. `tags` are replaced, `attributes` each by itself',
    example: { name: 'Ana Ruiz' },
  });

export const contactSchema = z
  .object({
    id: z.string(),
    phoneNumber: shownPhone,
    externalId: z.string().nullable(),
    name: z.string().nullable(),
    language: z.string().nullable(),
    timeZone: z.string().nullable(),
    state: z.string().nullable(),
    postalCode: z.string().nullable(),
    lineType: z.string().nullable(),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    tags: z.array(z.string()),
    hasReplied: z.boolean(),
    lastReply: z.string().nullable().meta({ description: 'Their newest text' }),
    lastReplyAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Contact' });

export const wireContact = ({
  contactId: id,
  version: _,
  ...contact
}: Contact): z.input<typeof contactSchema> => ({
  ...contact,
  id,
  tags: [...contact.tags],
  hasReplied: contact.lastReplyAt !== null,
  lastReplyAt: contact.lastReplyAt?.toISOString() ?? null,
  createdAt: contact.createdAt.toISOString(),
  updatedAt: contact.updatedAt.toISOString(),
});

/**
 * The version that an ETag is made of: what people change, and what is shown besides. `If-Match` goes by the first part
 * alone, so that somebody who answers meanwhile does not come between.
 */
export const shownVersion = ({ lastReplyAt, version }: Contact): string =>
  `${version}.${lastReplyAt?.getTime() ?? 0}`;

export const searchSchema = z
  .strictObject({
    filter: filterSchema,
    limit: z
      .int()
      .min(1)
      .max(MAX_LIMIT)
      .default(DEFAULT_LIMIT)
      .meta({ description: 'Most rows of the page' }),
    cursor: pageQuery.cursor,
    count: z.boolean().default(false).meta({ description: 'Whether all that match are counted' }),
  })
  .meta({ id: 'ContactSearch' });

export const foundSchema = z
  .object({
    items: z.array(contactSchema),
    nextCursor: z.string().nullable().meta({ description: 'Of the next page; null: this is the last' }),
    count: z.int().nullable().meta({ description: 'All that match; null: it was not asked for' }),
  })
  .meta({ id: 'FoundContacts' });
