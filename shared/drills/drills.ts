import { fileURLToPath } from 'node:url';
import type { Drill } from '#shared/contracts/drill.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { SenderAddress } from '#shared/phone/sender-address.ts';
import { type Content, loadContent } from './content.ts';
import type { Programme } from './programme.ts';

/** Drills and programmes as they were published at one moment: what one batch or request is judged by. */
export interface PublishedContent {
  /** The published version of a drill, or null. Rejects with `unavailable` when nobody can say. */
  drill(slug: string): Promise<Drill | null>;
  programme(slug: string): Programme | null;
  /** The programme that owns the number; null: its texts go to a person. */
  programmeOwning(number: SenderAddress): Programme | null;
  readonly programmes: readonly Programme[];
  /** All that are published, also of no programme. */
  readonly drills: readonly Drill[];
}

/** Where services read drills and programmes. */
export interface Drills {
  /** What is published now, or was a moment ago. Rejects with `unavailable`, which passes, when nobody can say. */
  current(): Promise<PublishedContent>;
}

/** The programme that comes with the product. */
export const sampleContentDirectory = fileURLToPath(new URL('./content', import.meta.url));

/** Drills from content in memory, which never changes. */
export function drillsFrom({
  drills,
  programmes,
}: Pick<Content, 'drills' | 'programmes'>): Drills & PublishedContent {
  const bySlug = new Map(drills.map((drill) => [drill.slug, drill]));
  const programmeBySlug = new Map(programmes.map((programme) => [programme.slug, programme]));
  const byNumber = new Map(
    programmes.flatMap((programme) => programme.senderNumbers.map((number) => [number, programme] as const)),
  );
  const published: PublishedContent = {
    drill: async (slug) => bySlug.get(slug) ?? null,
    programme: (slug) => programmeBySlug.get(slug) ?? null,
    programmeOwning: (number) => byNumber.get(number) ?? null,
    programmes,
    drills,
  };
  return { ...published, current: async () => published };
}

/** Drills from the YAML files of a directory, read once. Throws `invalid_configuration` with all faults. */
export async function fileDrills(directory: string, defaultSender: PhoneNumber): Promise<Drills> {
  return drillsFrom(await loadContent(directory, defaultSender));
}
