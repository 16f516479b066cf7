import { z } from 'zod';
import type { ContentFault } from '#shared/content/check.ts';
import type { ImportFault } from '#shared/content/import.ts';
import { unstorablePaths } from '#shared/contracts/storable-text.ts';
import type { Finding } from '#shared/drills/content-file.ts';
import { type Fault, Problem } from '../http/problem.ts';

/** A document whose texts, wherever they stand in it, can be stored. */
export const storableDocument = <S extends z.ZodType>(schema: S): S =>
  schema.superRefine((value, context) => {
    for (const path of unstorablePaths(value)) {
      context.addIssue({ code: 'custom', path, message: 'must not contain U+0000 or half a character' });
    }
  });

export const findingSchema = z
  .object({
    path: z.string().meta({ description: 'Where it stands, with points', example: 'prompts.2.options.es' }),
    message: z.string(),
  })
  .meta({ id: 'ContentFinding' });

export const wireFinding = ({ message, path }: Finding): z.input<typeof findingSchema> => ({
  path: path.map(String).join('.'),
  message,
});

/** Faults of what was to be published. Those of other drills and programmes say which. */
export const refused = (
  faults: readonly ContentFault[],
  about: Pick<ContentFault, 'kind' | 'slug'>,
  detail: string,
): Problem =>
  new Problem('conflict', detail, {
    faults: faults.map(({ kind, message, path, slug }): Fault => {
      const isOwn = kind === about.kind && slug === about.slug;
      return {
        in: 'body',
        pointer: isOwn ? path.map((part) => `/${String(part)}`).join('') : '',
        detail: isOwn ? message : `${kind} ${slug} ${path.map(String).join('.')}: ${message}`,
      };
    }),
  });

/** The same of files. */
export const refusedFiles = (
  faults: readonly ImportFault[],
  names: readonly string[],
  isOverridable: boolean,
): Problem =>
  new Problem(
    'conflict',
    isOverridable
      ? 'The examples do not bear this out: mend it, or give a reason.'
      : 'The files cannot be taken in as they are.',
    {
      faults: faults.map(({ file, message }) => ({
        in: 'body',
        pointer: names.includes(file) ? `/files/${names.indexOf(file)}/text` : '/files',
        detail: message,
      })),
    },
  );
