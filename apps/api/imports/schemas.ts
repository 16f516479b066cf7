import { z } from 'zod';
import {
  type ImportOptions,
  importKinds,
  importOptionsSchema,
  importStatuses,
} from '#shared/imports/options.ts';
import type { Import } from '#shared/imports/store.ts';
import { importProgress } from '#shared/imports/wire.ts';
import { instant } from '../http/time.ts';
import { name } from '../http/words.ts';

export const newImportSchema = z
  .strictObject({
    kind: z.enum(importKinds).meta({
      description: '`contacts`, or `suppressions`: numbers that nothing is to be sent to',
    }),
    fileName: name.meta({ description: 'For whoever looks at the list of imports', example: 'spring.csv' }),
    options: importOptionsSchema.prefault({}),
  })
  .meta({ id: 'NewImport' });

/** Most columns of a file. */
export const MAX_COLUMNS = 200;

const target = z.string().max(60).nullable();

export const mappingSchema = z
  .strictObject({
    mapping: z
      .array(target)
      .min(1)
      .max(MAX_COLUMNS)
      .meta({
        description:
          'What each column of the file is, in their order: `phone_number`, `name`, `attributes.NAME` for an added field, ...; null leaves it out',
        example: ['phone_number', 'first_name', null],
      }),
  })
  .meta({ id: 'ImportMapping' });

export const commitSchema = z
  .strictObject({
    excludeFaulty: z.boolean().default(false).meta({
      description:
        'Take in the rows that are valid and leave out the others; of a list of suppressions the numbers in rows whose cells are not where they belong are suppressed all the same. Without it, a file with faulty rows is refused',
    }),
  })
  .meta({ id: 'CommitImport' });

const count = (description: string) => z.int().min(0).meta({ description });

export const importSchema = z
  .object({
    id: z.string(),
    kind: z.enum(importKinds),
    status: z.enum(importStatuses),
    fileName: z.string(),
    options: importOptionsSchema.required(),
    columns: z
      .array(z.object({ name: z.string(), target: z.string().nullable() }))
      .meta({ description: 'As they stand in the header, and what each is taken for' }),
    fileBytes: z.int(),
    rows: count('Of the file, without its header; while it is uploaded, those that are there'),
    checked: z
      .object({
        valid: count('Can be taken in'),
        duplicate: count('Their number stands on another row of the file, which counts'),
        faulty: count('Have a fault: see `/faults`'),
        matched: count('Of the valid: the contact, or the suppression, is there already'),
      })
      .meta({
        description:
          'What the rows are. After the check `valid`, `duplicate` and `faulty` add up to `rows`; of suppressions each number in a row whose cells are not where they belong is counted as valid, or as a duplicate, besides the row, which is faulty',
      }),
    committed: z
      .object({
        created: count('Are new'),
        updated: count('Were there and have changed'),
        unchanged: count('Were there and stay as they are'),
        refused: count('Had an external id that another contact has got since the check: see `/faults`'),
        erased: count('Are of people who were erased since the check'),
        consents: count('Changes of consent that are new'),
      })
      .meta({
        description: 'What became of the valid ones. After the commit all but `consents` add up to `valid`',
      }),
    isClearing: z
      .boolean()
      .meta({ description: 'Whether rows that are not needed any more are being deleted' }),
    reason: z.string().nullable().meta({ description: 'Why it failed or was cancelled' }),
    createdBy: z.string(),
    createdAt: instant,
    updatedAt: instant,
    endedAt: instant.nullable(),
  })
  .meta({ id: 'Import' });

export const wireImport = (each: Import): z.input<typeof importSchema> => ({
  ...importProgress(each),
  fileName: each.fileName,
  options: each.options satisfies ImportOptions,
  columns: each.columns.map((column, place) => ({ name: column, target: each.mapping[place] ?? null })),
  fileBytes: each.fileBytes,
  reason: each.reason,
  createdBy: each.createdBy,
  createdAt: each.createdAt.toISOString(),
  updatedAt: each.updatedAt.toISOString(),
  endedAt: each.endedAt?.toISOString() ?? null,
});

const lineSchema = z
  .int()
  .meta({ description: 'The line of the file on which the row begins; the header is a line, too' });

export const faultSchema = z
  .object({
    row: lineSchema,
    column: z
      .string()
      .nullable()
      .meta({ description: 'As the header has it; null: it is about the whole row' }),
    reason: z.string(),
    value: z.string().nullable().meta({ description: 'What stands there, cut short' }),
  })
  .meta({ id: 'ImportFault' });

const cells = z
  .array(z.string())
  .nullable()
  .meta({ description: 'In the order of the columns; null: the row could not be read, or was not kept' });

export const sampleRowSchema = z.object({ row: lineSchema, cells }).meta({ id: 'ImportSampleRow' });

export const faultyRowSchema = z
  .object({
    row: lineSchema,
    cells,
    faults: z
      .array(
        z.object({
          place: z
            .int()
            .nullable()
            .meta({ description: 'Of the column, from 0; null: it is about the whole row' }),
          column: z.string().nullable().meta({ description: 'As the header has it' }),
          reason: z.string(),
          value: z.string().nullable().meta({ description: 'What stands there, cut short' }),
        }),
      )
      .meta({ description: 'In the order of the columns' }),
  })
  .meta({ id: 'FaultyRow' });
