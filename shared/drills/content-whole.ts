import type { Drill } from '#shared/contracts/drill.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { isWhatsApp } from '#shared/phone/sender-address.ts';
import type { Finding, ProgrammeFile } from './content-file.ts';
import { drillFaults, programmeFaults, surroundingsOf } from './content-rules.ts';

/** Which of several drills or programmes: by its place among its kind. */
export interface Document {
  kind: 'drill' | 'programme';
  index: number;
}

export type DocumentFinding = Document & Finding;

interface Whole {
  drills: readonly Drill[];
  programmes: readonly ProgrammeFile[];
  /** Fields of contacts, as placeholders call them. Left out: none. */
  contactFields?: readonly string[];
  /** Addresses on WhatsApp that are known as senders. Left out: nobody knows, as of files alone; any may be one. */
  whatsAppSenders?: ReadonlySet<string>;
  /** What an author knows it by. */
  nameOf(document: Document): string;
}

/**
 * Every fault of content that is to stand together: of each drill and programme by itself, and of what they say about
 * each other. Pure. `defaultSender`: what "default" stands for; null: nobody knows.
 */
export function wholeFaults(whole: Whole, defaultSender: PhoneNumber | null): DocumentFinding[] {
  const { contactFields = [], drills, programmes, whatsAppSenders } = whole;
  const around = surroundingsOf(drills, programmes, contactFields);
  const drillRows = drills.map((drill, index) => ({ kind: 'drill', index, drill }) as const);
  const programmeRows = programmes.map(
    (programme, index) => ({ kind: 'programme', index, programme }) as const,
  );
  const numberOf = (number: string): string =>
    number === 'default' && defaultSender !== null ? defaultSender : number;
  return [
    ...drillRows.flatMap(({ drill, index, kind }) =>
      drillFaults(drill, around).map((fault) => ({ kind, index, ...fault })),
    ),
    ...programmeRows.flatMap(({ programme, index, kind }) =>
      [...programmeFaults(programme, around), ...unknownAddresses(programme, whatsAppSenders)].map(
        (fault) => ({
          kind,
          index,
          ...fault,
        }),
      ),
    ),
    ...repeated(
      whole,
      drillRows.map((row) => ({ ...row, path: ['slug'], values: [row.drill.slug] })),
    ),
    ...repeated(
      whole,
      programmeRows.map((row) => ({ ...row, path: ['slug'], values: [row.programme.slug] })),
    ),
    ...repeated(
      whole,
      programmeRows.map((row) => ({
        ...row,
        path: ['senderNumbers'],
        values: row.programme.senderNumbers.map(numberOf),
      })),
    ),
  ];
}

/** Nothing that comes to such an address is heard, and nothing goes from it. */
const unknownAddresses = ({ senderNumbers }: ProgrammeFile, known: Whole['whatsAppSenders']): Finding[] =>
  senderNumbers.flatMap((address, index) =>
    known === undefined || !isWhatsApp(address) || known.has(address)
      ? []
      : [
          {
            path: ['senderNumbers', index],
            message: `"${address}" is not known as a sender of type whatsapp: make it known first`,
          },
        ],
  );

/** Values that must be unique over all, and are not. */
function repeated(
  { nameOf }: Whole,
  rows: readonly (Document & { path: string[]; values: readonly string[] })[],
): DocumentFinding[] {
  const owners = new Map<string, Document>();
  return rows.flatMap(({ kind, index, path, values }) =>
    values.flatMap((value) => {
      const first = owners.get(value);
      owners.set(value, first ?? { kind, index });
      return first === undefined
        ? []
        : [{ kind, index, path, message: `"${value}" is taken by ${nameOf(first)}` }];
    }),
  );
}
