import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { type Drill, drillSchema, promptMessageSchema, promptSchema } from '#shared/contracts/drill.ts';
import { unstorablePaths } from '#shared/contracts/storable-text.ts';
import { type Example, exampleSchema } from '#shared/dialog/examples.ts';
import { programmeFileSchema, slugSchema } from './programme.ts';

/** One file of content: a drill or a programme in YAML, with the places of its parts for messages about faults. */

export type ContentPath = readonly PropertyKey[];

/** Something an author should know, where it stands. */
export interface Finding {
  path: ContentPath;
  message: string;
}

export type ProgrammeFile = z.infer<typeof programmeFileSchema>;

export interface ContentFile {
  name: string;
  content:
    | { kind: 'drill'; drill: Drill; examples: readonly Example[] }
    | { kind: 'programme'; programme: ProgrammeFile }
    | null;
  faults: readonly Finding[];
  /** "wash.yaml:12 prompts.0.slug: must ..." */
  describe(finding: Finding): string;
}

/**
 * A drill as an author writes it, with its examples; publishing gives it its version. An unknown field is a typing
 * mistake here; in an event of a newer version it would be none.
 */
export const drillDraftSchema = drillSchema
  .omit({ version: true })
  .extend({
    slug: slugSchema,
    prompts: z
      .array(promptSchema.extend({ messages: z.array(promptMessageSchema.strict()).min(1) }).strict())
      .min(1),
    /** They stay with the version and never travel with the drill. */
    examples: z.array(exampleSchema).default([]),
  })
  .strict();
export type DrillDraft = z.infer<typeof drillDraftSchema>;

const drillFileSchema = drillDraftSchema.extend({ version: drillSchema.shape.version.default(1) });

/** Reads one file. Pure: `source` is its text. All faults of syntax and shape are found at once. */
export function parseContentFile(name: string, source: string): ContentFile {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const describe = (finding: Finding): string => {
    const path = finding.path.map(String).join('.');
    const line = lineOf(document, lines, finding.path);
    return `${name}:${line}${path === '' ? '' : ` ${path}`}: ${finding.message}`;
  };
  if (document.errors.length > 0) {
    const described = document.errors.map(
      (error) => `${name}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`,
    );
    const faults = described.map((message) => ({ path: [], message }));
    return { name, content: null, faults, describe: ({ message }) => message };
  }
  const value: unknown = document.toJS();
  const unstorable = unstorablePaths(value).map((path) => ({
    path,
    message: 'must not contain U+0000 or half a character',
  }));
  return unstorable.length > 0
    ? { name, content: null, faults: unstorable, describe }
    : { name, describe, ...readContent(value) };
}

function readContent(value: unknown): Pick<ContentFile, 'content' | 'faults'> {
  const head = z.looseObject({ kind: z.enum(['drill', 'programme']) }).safeParse(value);
  if (!head.success) {
    return { content: null, faults: [{ path: [], message: 'needs "kind: drill" or "kind: programme"' }] };
  }
  const { kind, ...body } = head.data;
  if (kind === 'drill') {
    const parsed = drillFileSchema.safeParse(body);
    if (!parsed.success) return { content: null, faults: findingsOf(parsed.error) };
    const { examples, ...drill } = parsed.data;
    return { content: { kind, drill, examples }, faults: [] };
  }
  const parsed = programmeFileSchema.safeParse(body);
  return parsed.success
    ? { content: { kind, programme: parsed.data }, faults: [] }
    : { content: null, faults: findingsOf(parsed.error) };
}

const findingsOf = (error: z.ZodError): Finding[] =>
  error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          path: [...issue.path, key],
          message: 'is not a field that is known here',
        }))
      : [{ path: issue.path, message: issue.message }],
  );

/** The line of the innermost part of the path that is in the file, from 1. */
function lineOf(document: Document, lines: LineCounter, path: ContentPath): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
