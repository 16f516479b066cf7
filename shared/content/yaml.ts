import { stringify } from 'yaml';
import type { Drill } from '#shared/contracts/drill.ts';
import type { Example } from '#shared/dialog/examples.ts';
import type { DrillDraft, ProgrammeFile } from '#shared/drills/content-file.ts';

/** Content as files, which are read again by `parseContentFile` as what they were written from. */

/** A long text stays on one line: folded ones are hard to compare with what a person is sent. */
const write = (value: unknown): string => stringify(value, { lineWidth: 0 });

export function drillYaml(drill: DrillDraft | (Drill & { examples: readonly Example[] })): string {
  const { examples, prompts, ...head } = drill;
  return write({ kind: 'drill', ...head, prompts, ...(examples.length > 0 ? { examples } : {}) });
}

export const programmeYaml = (programme: ProgrammeFile): string => write({ kind: 'programme', ...programme });
