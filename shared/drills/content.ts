import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Drill } from '#shared/contracts/drill.ts';
import { type Example, examplesReport } from '#shared/dialog/examples.ts';
import { CarillonError } from '#shared/errors.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { SenderAddress } from '#shared/phone/sender-address.ts';
import { type ContentFile, type Finding, type ProgrammeFile, parseContentFile } from './content-file.ts';
import { missingTranslations } from './content-rules.ts';
import { type Document, wholeFaults } from './content-whole.ts';
import type { Programme } from './programme.ts';

export interface Content {
  drills: readonly Drill[];
  programmes: readonly Programme[];
  /** Example conversations by the slug of their drill. */
  examples: ReadonlyMap<string, readonly Example[]>;
  /** What works but an author should know: translations that are missing, what no example tries. */
  warnings: readonly string[];
}

export interface AuthoredDrill {
  drill: Drill;
  examples: readonly Example[];
}

/** Content as its files say it: with examples, and with `default` among the numbers of programmes. */
export interface AuthoredContent {
  drills: readonly AuthoredDrill[];
  programmes: readonly ProgrammeFile[];
  warnings: readonly string[];
}

export interface ContentSource {
  name: string;
  /** Text of the file. */
  source: string;
}

/**
 * Loads all YAML files of a directory. Throws `invalid_configuration` with every fault of every file, one per line,
 * by file, line and path. `defaultSender` stands for "default" among the numbers of a programme.
 */
export async function loadContent(directory: string, defaultSender: PhoneNumber): Promise<Content> {
  return readContent(await readSources(directory), defaultSender);
}

/** The YAML files of a directory, by name. */
export async function readSources(directory: string): Promise<ContentSource[]> {
  const names = (await readdir(directory)).filter((name) => /\.ya?ml$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({ name, source: await readFile(join(directory, name), 'utf8') })),
  );
}

/** The content of files that are already read. Pure; throws as `loadContent` does. */
export function readContent(sources: readonly ContentSource[], defaultSender: PhoneNumber): Content {
  const { drills, programmes, warnings } = readAuthored(sources, defaultSender);
  return {
    drills: drills.map(({ drill }) => drill),
    programmes: programmes.map((programme) => withNumbers(programme, defaultSender)),
    examples: new Map(drills.map(({ drill, examples }) => [drill.slug, examples])),
    warnings,
  };
}

/**
 * The same as its authors wrote it. With `defaultSender` null nobody knows what "default" stands for: it is then compared
 * with other numbers as it is.
 */
export function readAuthored(
  sources: readonly ContentSource[],
  defaultSender: PhoneNumber | null,
): AuthoredContent {
  const { drills, faults: ofShape, programmes } = parseSources(sources);
  const ownerOf = programmeOf(programmes.map(({ programme }) => programme));
  const whole = {
    drills: drills.map(({ drill }) => drill),
    programmes: programmes.map(({ programme }) => programme),
    nameOf: ({ kind, index }: Document) => (kind === 'drill' ? drills : programmes)[index]?.file.name ?? kind,
  };
  const found = wholeFaults(whole, defaultSender);
  const of = (kind: Document['kind'], index: number): Finding[] =>
    found.filter((fault) => fault.kind === kind && fault.index === index);
  const faults = [
    ...ofShape,
    ...drills.flatMap(({ drill, examples, file }, index) =>
      described(file, [
        ...of('drill', index),
        ...examplesReport(drill, examples, ownerOf(drill.slug)).failures,
      ]),
    ),
    ...programmes.flatMap(({ file }, index) => described(file, of('programme', index))),
  ];
  if (faults.length > 0) throw contentFault(faults);
  return {
    drills: drills.map(({ drill, examples }) => ({ drill, examples })),
    programmes: whole.programmes,
    warnings: drills.flatMap(({ file, drill, examples }) => [
      ...described(file, missingTranslations(drill)),
      ...(examples.length > 0 ? described(file, untried(drill, examples, ownerOf(drill.slug))) : []),
    ]),
  };
}

/** Files by what they hold, each with the file that describes its faults; `faults`: those of their shape, described. */
export function parseSources(sources: readonly ContentSource[]): {
  drills: (AuthoredDrill & { file: ContentFile })[];
  programmes: { programme: ProgrammeFile; file: ContentFile }[];
  faults: string[];
} {
  const files = sources.map(({ name, source }) => parseContentFile(name, source));
  return {
    drills: files.flatMap((file) =>
      file.content?.kind === 'drill'
        ? [{ drill: file.content.drill, examples: file.content.examples, file }]
        : [],
    ),
    programmes: files.flatMap((file) =>
      file.content?.kind === 'programme' ? [{ programme: file.content.programme, file }] : [],
    ),
    faults: files.flatMap((file) => described(file, file.faults)),
  };
}

export const contentFault = (faults: readonly string[]): CarillonError =>
  new CarillonError(
    'invalid_configuration',
    `The content has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
  );

/** The first programme that gives a drill, with its numbers left out where only its environment knows them; null: none does. */
export const programmeOf =
  (programmes: readonly ProgrammeFile[]) =>
  (slug: string): Programme | null => {
    const owner = programmes.find(
      ({ drills, requests }) => drills.includes(slug) || Object.values(requests).includes(slug),
    );
    return owner === undefined ? null : withNumbers(owner, null);
  };

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

/**
 * Programmes with their numbers known, each number with one owner: whoever names it goes before whoever says "default", and then the
 * first in order. Publishing refuses two owners; a default that is another one since may still bring them about.
 */
export function withOwnNumbers(
  programmes: readonly ProgrammeFile[],
  defaultSender: PhoneNumber,
): Programme[] {
  const known = programmes.map((programme) => withNumbers(programme, defaultSender));
  const owners = new Map<SenderAddress, string>();
  for (const isNamed of [true, false]) {
    for (const { senderNumbers, slug } of programmes) {
      for (const number of senderNumbers) {
        const owned = number === 'default' ? defaultSender : number;
        if ((number !== 'default') === isNamed && !owners.has(owned)) owners.set(owned, slug);
      }
    }
  }
  return known.map((programme) => ({
    ...programme,
    senderNumbers: programme.senderNumbers.filter((number) => owners.get(number) === programme.slug),
  }));
}

/** A programme with its numbers known. `defaultSender` null: "default" is left out. */
export const withNumbers = (programme: ProgrammeFile, defaultSender: PhoneNumber | null): Programme => ({
  ...programme,
  senderNumbers: programme.senderNumbers.flatMap((number) =>
    number === 'default' ? (defaultSender ?? []) : number,
  ),
});
