import { isDeepStrictEqual } from 'node:util';
import { type ContentSource, parseSources } from '#shared/drills/content.ts';
import type { DrillDraft } from '#shared/drills/content-file.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { ContentFault } from './check.ts';
import { type KeptDraft, lockDrafts, writeDrafts } from './drafts.ts';
import { publishContent } from './publish.ts';
import { type By, lockContent } from './write.ts';

export interface ImportOrder extends By {
  /** null: nobody knows. */
  defaultSender: PhoneNumber | null;
  /** Whether people get it from now on; else drills become drafts, and programmes, which have none, stay as they are. */
  publish: boolean;
  /** See `ContentChange`. */
  overrideReason: string | null;
  /** Whether drafts that say something else give way; else drills that somebody works on are refused. */
  replaceDrafts: boolean;
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
  /** `replaced`: drafts that gave way. */
  | { kind: 'imported'; items: Imported[]; replaced: KeptDraft[] }
  /** Nothing was changed; the caller rolls back. `isOverridable`: a reason would do. */
  | { kind: 'refused'; faults: ImportFault[]; isOverridable: boolean };

/** Takes files in, all of them or none. */
export async function importContent(
  tx: Transaction,
  sources: readonly ContentSource[],
  { by, defaultSender, now, overrideReason, publish, replaceDrafts }: ImportOrder,
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
  // Before drills are locked, as whoever publishes does.
  if (publish) await lockContent(tx);
  const others = await draftsBesides(tx, drafts);
  const fileOf = new Map(drills.map(({ drill, file }) => [drill.slug, file.name]));
  const refused = (replaced: readonly KeptDraft[]): ImportResult => ({
    kind: 'refused',
    faults: replaced.map((draft) => workedOn(draft, fileOf.get(draft.slug) ?? '')),
    isOverridable: false,
  });
  if (!publish) {
    if (others.length > 0 && !replaceDrafts) return refused(others);
    await writeDrafts(tx, drafts, { by, now });
    return {
      kind: 'imported',
      replaced: others,
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
  // What stood as the files say has been left alone, with the draft beside it.
  const replaced = others.filter(({ slug }) => versions.has(slug));
  if (replaced.length > 0 && !replaceDrafts) return refused(replaced);
  return {
    kind: 'imported',
    replaced,
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

/** What somebody works on of these drills, where it is something else. */
async function draftsBesides(tx: Transaction, given: readonly DrillDraft[]): Promise<KeptDraft[]> {
  const bySlug = new Map(given.map((draft) => [draft.slug, draft]));
  const standing = await lockDrafts(tx, [...bySlug.keys()]);
  return standing.filter(({ draft, slug }) => !isDeepStrictEqual(draft, bySlug.get(slug)));
}

function workedOn({ slug, updatedAt, updatedBy }: KeptDraft, file: string): ImportFault {
  const since = updatedAt.toISOString();
  return {
    file,
    message: `${file}: ${updatedBy} has a draft of "${slug}" that says something else, changed last on ${since}: publish or discard it, or have it replaced (replaceDrafts, --replace-drafts)`,
  };
}

/** For the record: what is nowhere else from now on, by the drill. */
export const replacedDrafts = (
  replaced: readonly KeptDraft[],
): ReadonlyMap<string, Readonly<Record<string, unknown>>> =>
  new Map(
    replaced.map(({ draft, slug, updatedAt, updatedBy }) => [
      slug,
      { draft, updatedBy, updatedAt: updatedAt.toISOString() },
    ]),
  );

function repeatedSlugs(documents: readonly { slug: string; file: string }[]): ImportFault[] {
  return documents.flatMap(({ file, slug }, index) => {
    const first = documents.findIndex((one) => one.slug === slug);
    return first === index
      ? []
      : [{ file, message: `${file}: "${slug}" is taken by ${documents[first]?.file ?? ''}` }];
  });
}
