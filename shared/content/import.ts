import { type ContentSource, parseSources } from '#shared/drills/content.ts';
import type { DrillDraft } from '#shared/drills/content-file.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { ContentFault } from './check.ts';
import { writeDrafts } from './drafts.ts';
import { publishContent } from './publish.ts';
import type { By } from './write.ts';

export interface ImportOrder extends By {
  /** null: nobody knows. */
  defaultSender: PhoneNumber | null;
  /** Whether people get it from now on; else drills become drafts, and programmes, which have none, stay as they are. */
  publish: boolean;
  /** See `ContentChange`. */
  overrideReason: string | null;
}

/** What became of a drill or programme of the files. */
export interface Imported {
  kind: 'drill' | 'programme';
  slug: string;
  /** `left`: a programme, which nothing but publishing changes. */
  became: 'draft' | 'published' | 'unchanged' | 'left';
  /** Of a drill that was published. */
  version: number | null;
}

/** A file that cannot be imported as it is: which of them, and why, with its line. */
export interface ImportFault {
  file: string;
  message: string;
}

export type ImportResult =
  | { kind: 'imported'; items: Imported[] }
  /** Nothing was changed; the caller rolls back. `isOverridable`: a reason would do. */
  | { kind: 'refused'; faults: ImportFault[]; isOverridable: boolean };

/** Takes files in, all of them or none. */
export async function importContent(
  tx: Transaction,
  sources: readonly ContentSource[],
  { by, defaultSender, now, overrideReason, publish }: ImportOrder,
): Promise<ImportResult> {
  const { drills, faults, programmes } = parseSources(sources);
  if (faults.length > 0) {
    const named = faults.map((message) => ({ file: message.split(':', 1)[0] ?? '', message }));
    return { kind: 'refused', faults: named, isOverridable: false };
  }
  const repeated = [
    ...repeatedSlugs(drills.map(({ drill, file }) => ({ slug: drill.slug, file: file.name }))),
  ];
  repeated.push(
    ...repeatedSlugs(programmes.map(({ file, programme }) => ({ slug: programme.slug, file: file.name }))),
  );
  if (repeated.length > 0) return { kind: 'refused', faults: repeated, isOverridable: false };
  const drafts = drills.map(
    ({ drill: { version: _, ...drill }, examples }): DrillDraft => ({
      ...drill,
      examples: [...examples],
    }),
  );
  if (!publish) {
    await writeDrafts(tx, drafts, { by, now });
    return {
      kind: 'imported',
      items: [
        ...drafts.map(({ slug }) => ({ kind: 'drill', slug, became: 'draft', version: null }) as const),
        ...programmes.map(
          ({ programme: { slug } }) => ({ kind: 'programme', slug, became: 'left', version: null }) as const,
        ),
      ],
    };
  }
  const change = { drills: drafts, programmes: programmes.map(({ programme }) => programme), overrideReason };
  const result = await publishContent(tx, change, { by, defaultSender, now });
  if (result.kind === 'refused') {
    const described = (fault: ContentFault): ImportFault => {
      const documents = fault.kind === 'drill' ? drills : programmes;
      const found = documents.find(
        (one) => ('drill' in one ? one.drill.slug : one.programme.slug) === fault.slug,
      );
      // A fault of something that stands already, and that these files would break.
      if (!found) {
        const message = `${fault.kind} ${fault.slug} ${fault.path.map(String).join('.')}: ${fault.message}`;
        return { file: '', message };
      }
      return { file: found.file.name, message: found.file.describe(fault) };
    };
    const unproven = result.unproven.flatMap(({ findings }) => findings);
    return {
      kind: 'refused',
      faults: [...result.faults, ...unproven].map(described),
      isOverridable: result.faults.length === 0,
    };
  }
  const unchanged = new Set(result.unchanged);
  const versions = new Map(result.versions.map(({ slug, version }) => [slug, version]));
  return {
    kind: 'imported',
    items: [
      ...drafts.map(({ slug }) => ({
        kind: 'drill' as const,
        slug,
        became: versions.has(slug) ? ('published' as const) : ('unchanged' as const),
        version: versions.get(slug) ?? null,
      })),
      ...programmes.map(({ programme: { slug } }) => ({
        kind: 'programme' as const,
        slug,
        became:
          unchanged.has(slug) && !result.programmes.some((one) => one.slug === slug)
            ? ('unchanged' as const)
            : ('published' as const),
        version: null,
      })),
    ],
  };
}

function repeatedSlugs(documents: readonly { slug: string; file: string }[]): ImportFault[] {
  return documents.flatMap(({ file, slug }, index) => {
    const first = documents.findIndex((one) => one.slug === slug);
    return first === index
      ? []
      : [{ file, message: `${file}: "${slug}" is taken by ${documents[first]?.file ?? ''}` }];
  });
}
