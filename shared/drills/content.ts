import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Drill } from '#shared/contracts/drill.ts';
import { type Example, examplesReport } from '#shared/dialog/examples.ts';
import { CarillonError } from '#shared/errors.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { type ContentFile, type Finding, type ProgrammeFile, parseContentFile } from './content-file.ts';
import { drillFaults, missingTranslations, programmeFaults, surroundingsOf } from './content-rules.ts';
import type { Programme } from './programme.ts';

export interface Content {
  drills: readonly Drill[];
  programmes: readonly Programme[];
  /** Example conversations by the slug of their drill. */
  examples: ReadonlyMap<string, readonly Example[]>;
  /** What works but an author should know: translations that are missing, what no example tries. */
  warnings: readonly string[];
}

/**
 * Loads all YAML files of a directory. Throws `invalid_configuration` with every fault of every file, one per line,
 * by file, line and path. `defaultSender` stands for "default" among the numbers of a programme.
 */
export async function loadContent(directory: string, defaultSender: PhoneNumber): Promise<Content> {
  const names = (await readdir(directory)).filter((name) => /\.ya?ml$/.test(name)).sort();
  const sources = await Promise.all(
    names.map(async (name) => ({ name, source: await readFile(join(directory, name), 'utf8') })),
  );
  return readContent(sources, defaultSender);
}

/** The content of files that are already read. Pure; throws as `loadContent` does. */
export function readContent(
  sources: readonly { name: string; source: string }[],
  defaultSender: PhoneNumber,
): Content {
  const files = sources.map(({ name, source }) => parseContentFile(name, source));
  const drills = files.flatMap((file) => (file.content?.kind === 'drill' ? [{ file, ...file.content }] : []));
  const programmes = files.flatMap((file) =>
    file.content?.kind === 'programme'
      ? [{ file, programme: withNumbers(file.content.programme, defaultSender) }]
      : [],
  );
  const ownerOf = ({ slug }: Drill): Programme | null =>
    programmes.find(({ programme }) => programme.drills.includes(slug))?.programme ?? null;
  const around = surroundingsOf(
    drills.map(({ drill }) => drill),
    files.flatMap((file) => (file.content?.kind === 'programme' ? [file.content.programme] : [])),
  );
  const faults = [
    ...files.flatMap((file) => described(file, file.faults)),
    ...drills.flatMap(({ file, drill }) => described(file, drillFaults(drill, around))),
    ...drills.flatMap(({ file, drill, examples }) =>
      described(file, examplesReport(drill, examples, ownerOf(drill)).failures),
    ),
    ...programmes.flatMap(({ file, programme }) =>
      described(file, programmeFaults({ ...programme, senderNumbers: [...programme.senderNumbers] }, around)),
    ),
    ...repeated(drills.map(({ file, drill }) => ({ file, path: ['slug'], values: [drill.slug] }))),
    ...repeated(
      programmes.map(({ file, programme }) => ({ file, path: ['slug'], values: [programme.slug] })),
    ),
    ...repeated(
      programmes.map(({ file, programme }) => ({
        file,
        path: ['senderNumbers'],
        values: [...programme.senderNumbers],
      })),
    ),
  ];
  if (faults.length > 0) {
    throw new CarillonError(
      'invalid_configuration',
      `The content has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  }
  return {
    drills: drills.map(({ drill }) => drill),
    programmes: programmes.map(({ programme }) => programme),
    examples: new Map(drills.map(({ drill, examples }) => [drill.slug, examples])),
    warnings: drills.flatMap(({ file, drill, examples }) => [
      ...described(file, missingTranslations(drill)),
      ...(examples.length > 0 ? described(file, untried(drill, examples, ownerOf(drill))) : []),
    ]),
  };
}

/** What no example of a drill tries. */
function untried(drill: Drill, examples: readonly Example[], programme: Programme | null): Finding[] {
  const { unreached, untestedLanguages } = examplesReport(drill, examples, programme);
  const untested = untestedLanguages.map((language) => ({
    path: ['examples'],
    message: `none completes the drill in "${language}"`,
  }));
  return [...unreached, ...untested];
}

const described = (file: ContentFile, findings: readonly Finding[]): string[] => findings.map(file.describe);

const withNumbers = (programme: ProgrammeFile, defaultSender: PhoneNumber): Programme => ({
  ...programme,
  senderNumbers: programme.senderNumbers.map((number) => (number === 'default' ? defaultSender : number)),
});

/** Values that must be unique over all files, and are not. */
function repeated(
  rows: readonly { file: ContentFile; path: string[]; values: readonly string[] }[],
): string[] {
  const owner = new Map<string, string>();
  return rows.flatMap(({ file, path, values }) =>
    values.flatMap((value) => {
      const first = owner.get(value);
      owner.set(value, first ?? file.name);
      return first === undefined ? [] : [file.describe({ path, message: `"${value}" is taken by ${first}` })];
    }),
  );
}
