import { z } from 'zod';
import { storableText } from '#shared/contracts/storable-text.ts';

export const importKinds = ['contacts', 'suppressions'] as const;
export type ImportKind = (typeof importKinds)[number];

export const importStatuses = [
  'uploading',
  'uploaded',
  'checking',
  'checked',
  'committing',
  'committed',
  'failed',
  'cancelled',
] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** Tags of a contact that an import may add. */
export const MAX_TAGS = 50;
export const tagSchema = storableText.pipe(z.string().trim().min(1).max(60));

/** How a file is to be taken in. */
export const importOptionsSchema = z
  .strictObject({
    country: z
      .enum(['US', 'CA', 'MX'])
      .default('US')
      .meta({ description: 'Where numbers without a country code are' }),
    onMatch: z.enum(['update', 'keep', 'fill']).default('update').meta({
      description:
        'Contacts that are there: `update` writes what the file says, an empty cell leaves what is known; `keep` leaves the contact as it is; `fill` writes only what is not known',
    }),
    onDuplicate: z
      .enum(['first', 'last'])
      .default('first')
      .meta({ description: 'Which row counts of those with the same number' }),
    listId: z.uuid().nullable().default(null).meta({ description: 'The list that all of them are added to' }),
    tags: z.array(tagSchema).max(MAX_TAGS).default([]).meta({ description: 'Tags that all of them get' }),
    granted: z
      .array(z.enum(['informational', 'marketing_in_writing', 'artificial_voice']))
      .min(1)
      .default(['informational'])
      .meta({ description: 'What the consent columns grant, where the file has no column that says so' }),
  })
  .meta({ id: 'ImportOptions' });
export type ImportOptions = z.output<typeof importOptionsSchema>;
