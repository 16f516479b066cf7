import { isDeepStrictEqual } from 'node:util';
import type { Drill } from '#shared/contracts/drill.ts';
import { type Example, examplesReport } from '#shared/dialog/examples.ts';
import { programmeOf } from '#shared/drills/content.ts';
import type { DrillDraft, ProgrammeFile } from '#shared/drills/content-file.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { type ContentFault, faultsOfChange, withChange } from './check.ts';
import { isClean } from './clean.ts';
import { readArchived } from './programmes.ts';
import { readExamples } from './read.ts';
import { readStanding } from './standing.ts';
import { type By, beginContentChange, insertVersions, type NewVersion, writeProgrammes } from './write.ts';

export interface ContentChange {
  drills: readonly DrillDraft[];
  programmes: readonly ProgrammeFile[];
  /** Why drills are to be published that their examples do not bear out; null: they are refused. */
  overrideReason: string | null;
}

export type PublishResult =
  /** Nothing was changed. `unproven`: drills that would take a reason. */
  | { kind: 'refused'; faults: ContentFault[]; unproven: { slug: string; findings: ContentFault[] }[] }
  /** `unchanged`: slugs of drills and programmes that stand already as they were given. */
  | { kind: 'published'; versions: Drill[]; programmes: ProgrammeFile[]; unchanged: string[] };

/**
 * Publishes drills and programmes together, or none of them: checked against each other and all that stands. What stands
 * already as it is given gets no new version. The caller rolls back what was refused.
 */
export async function publishContent(
  tx: Transaction,
  change: ContentChange,
  { by, defaultSender, now }: By & { defaultSender: PhoneNumber | null },
): Promise<PublishResult> {
  await beginContentChange(tx);
  const standing = await readStanding(tx);
  const examplesBefore = await readExamples(
    tx,
    change.drills.map(({ slug }) => slug),
  );
  const given = change.drills.map(({ examples, ...draft }) => {
    const before = standing.drills.find(({ slug }) => slug === draft.slug);
    const drill: Drill = { ...draft, version: (before?.version ?? 0) + 1 };
    const isSame =
      before !== undefined &&
      isDeepStrictEqual({ ...before, version: drill.version }, drill) &&
      isDeepStrictEqual(examplesBefore.get(drill.slug) ?? [], examples);
    return { drill, examples, isSame };
  });
  const drills = given.filter(({ isSame }) => !isSame);
  const isNew = (programme: ProgrammeFile): boolean =>
    !standing.programmes.some((one) => isDeepStrictEqual(one, programme));
  const programmes = change.programmes.filter(isNew);
  const changed = { drills: drills.map(({ drill }) => drill), programmes };
  const archived = await readArchived(
    tx,
    change.programmes.map(({ slug }) => slug),
  );
  const faults = [...archived.map(isArchived), ...faultsOfChange(standing, changed, defaultSender)];
  const ownerOf = programmeOf(withChange(standing, changed).programmes);
  const versions = drills.map(({ drill, examples }) =>
    newVersion(drill, examples, change.overrideReason, ownerOf(drill.slug)),
  );
  const unproven =
    change.overrideReason === null ? versions.filter(({ report }) => !isClean(report)).map(unprovenOf) : [];
  if (faults.length > 0 || unproven.length > 0) return { kind: 'refused', faults, unproven };
  await insertVersions(tx, versions, { by, now });
  await writeProgrammes(tx, programmes, { by, now });
  return {
    kind: 'published',
    versions: changed.drills,
    programmes,
    unchanged: [
      ...given.filter(({ isSame }) => isSame).map(({ drill }) => drill.slug),
      ...change.programmes.filter((programme) => !isNew(programme)).map(({ slug }) => slug),
    ],
  };
}

const isArchived = (slug: string): ContentFault => ({
  kind: 'programme',
  slug,
  path: [],
  message: 'is archived: restore it first',
});

function newVersion(
  drill: Drill,
  examples: readonly Example[],
  overrideReason: string | null,
  programme: Parameters<typeof examplesReport>[2],
): NewVersion {
  const report = examplesReport(drill, examples, programme);
  return { drill, examples, report, overrideReason: isClean(report) ? null : overrideReason };
}

/** What the examples of a drill leave open, as an author reads it. */
function unprovenOf({ drill: { slug }, report }: NewVersion): { slug: string; findings: ContentFault[] } {
  const untested = report.untestedLanguages.map((language) => ({
    path: ['examples'],
    message: `none completes the drill in "${language}"`,
  }));
  return {
    slug,
    findings: [...report.failures, ...report.unreached, ...untested].map((finding) => ({
      kind: 'drill',
      slug,
      ...finding,
    })),
  };
}
