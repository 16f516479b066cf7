import type { Drill } from '#shared/contracts/drill.ts';
import { type ExamplesReport, examplesReport } from '#shared/dialog/examples.ts';
import { programmeOf } from '#shared/drills/content.ts';
import type { DrillDraft, Finding, ProgrammeFile } from '#shared/drills/content-file.ts';
import { missingTranslations } from '#shared/drills/content-rules.ts';
import { type DocumentFinding, wholeFaults } from '#shared/drills/content-whole.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { isClean } from './clean.ts';
import { lengthWarnings, type TextLength, textLengths } from './lengths.ts';

/** Content that stands together. */
export interface Standing {
  drills: readonly Drill[];
  programmes: readonly ProgrammeFile[];
  /** What texts may name besides: fields of contacts, as placeholders call them. Left out: none. */
  contactFields?: readonly string[];
  /** Addresses on WhatsApp that are known as senders. Left out: nobody knows, and any may be one. */
  whatsAppSenders?: ReadonlySet<string>;
}

/** What is wrong with a drill or programme, by its slug. */
export interface ContentFault extends Finding {
  kind: 'drill' | 'programme';
  slug: string;
}

/** What stands when some of it is replaced or added. */
export const withChange = (standing: Standing, change: Standing): Standing => ({
  ...standing,
  drills: replaced(standing.drills, change.drills),
  programmes: replaced(standing.programmes, change.programmes),
});

/** What a change would break: every fault of what it changes, and of all else those that were not there before. Pure. */
export function faultsOfChange(
  standing: Standing,
  change: Standing,
  defaultSender: PhoneNumber | null,
): ContentFault[] {
  const before = new Set(faultsOf(standing, defaultSender).map(keyOf));
  const isChanged = ({ kind, slug }: ContentFault): boolean =>
    (kind === 'drill' ? change.drills : change.programmes).some((one) => one.slug === slug);
  return faultsOf(withChange(standing, change), defaultSender).filter(
    (fault) => isChanged(fault) || !before.has(keyOf(fault)),
  );
}

/** What an author is told about a draft before it is published. */
export interface DraftCheck {
  /** What keeps it from being published. */
  faults: ContentFault[];
  /** What works, and an author should know. */
  warnings: Finding[];
  lengths: TextLength[];
  /** What the examples come to; publishing needs a reason when they do not bear the drill out. */
  report: ExamplesReport;
  isClean: boolean;
}

/** Pure. `version`: the one that it would become. */
export function checkDraft(
  { examples, ...draft }: DrillDraft,
  version: number,
  standing: Standing,
  defaultSender: PhoneNumber | null,
): DraftCheck {
  const drill: Drill = { ...draft, version };
  const programme = programmeOf(standing.programmes)(drill.slug);
  const report = examplesReport(drill, examples, programme);
  const lengths = textLengths(drill, programme);
  return {
    faults: faultsOfChange(standing, { drills: [drill], programmes: [] }, defaultSender),
    warnings: [...missingTranslations(drill), ...lengthWarnings(drill, lengths)],
    lengths,
    report,
    isClean: isClean(report),
  };
}

function faultsOf(
  { contactFields = [], drills, programmes, whatsAppSenders }: Standing,
  defaultSender: PhoneNumber | null,
): ContentFault[] {
  const slugOf = ({ index, kind }: Pick<DocumentFinding, 'kind' | 'index'>): string =>
    (kind === 'drill' ? drills : programmes)[index]?.slug ?? '';
  const addresses = whatsAppSenders === undefined ? {} : { whatsAppSenders };
  return wholeFaults({ drills, programmes, contactFields, ...addresses, nameOf: slugOf }, defaultSender).map(
    ({ index, kind, message, path }) => ({ kind, slug: slugOf({ kind, index }), path, message }),
  );
}

const keyOf = ({ kind, message, path, slug }: ContentFault): string =>
  JSON.stringify([kind, slug, path.map(String), message]);

function replaced<T extends { slug: string }>(standing: readonly T[], change: readonly T[]): T[] {
  const changed = new Set(change.map(({ slug }) => slug));
  return [...standing.filter(({ slug }) => !changed.has(slug)), ...change];
}
