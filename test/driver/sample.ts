import type { Drill } from '#shared/contracts/drill.ts';
import { loadContent } from '#shared/drills/content.ts';
import { type Drills, drillsFrom, sampleContentDirectory } from '#shared/drills/drills.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { OUR_NUMBER } from './our-number.ts';

/** The programme that a fresh system runs, and its drills in their order. */
export interface Sample {
  drills: Drills;
  programme: Programme;
  inOrder: readonly Drill[];
  /** A code that registers a person for good. */
  code: string;
}

export async function loadSample(): Promise<Sample> {
  const content = await loadContent(sampleContentDirectory, phoneNumber(OUR_NUMBER));
  const drills = drillsFrom(content);
  const programme = drills.programmeOwning(phoneNumber(OUR_NUMBER));
  const code = programme?.codes.find(({ isDemo }) => !isDemo)?.code;
  if (!programme || code === undefined) throw new Error('the sample programme has no code at our number');
  const inOrder = programme.drills.map((slug) => {
    const drill = content.drills.find((one) => one.slug === slug);
    if (!drill) throw new Error(`the sample has no drill ${slug}`);
    return drill;
  });
  return { drills, programme, inOrder, code };
}
