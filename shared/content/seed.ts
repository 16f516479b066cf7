import { examplesReport } from '#shared/dialog/examples.ts';
import { contentFault, programmeOf, readAuthored, readSources } from '#shared/drills/content.ts';
import type { ProgrammeFile } from '#shared/drills/content-file.ts';
import { CarillonError } from '#shared/errors.ts';
import { isWhatsApp } from '#shared/phone/sender-address.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { faultsOfChange } from './check.ts';
import { isClean } from './clean.ts';
import { readStanding } from './standing.ts';
import { beginContentChange, insertVersions, writeProgrammes } from './write.ts';

/** What to do about addresses on WhatsApp that are no senders: whoever makes them known asks what runs, and nothing runs yet. */
const SENDERS_FIRST =
  'An environment that is new knows no senders on WhatsApp. Take their addresses out of the files of CONTENT_DIR and deploy; then make the senders known (POST /v1/senders), and add their addresses to the programme, in the console or with the files (docs/deploy.md).';

const namesWhatsApp = ({ senderNumbers }: ProgrammeFile, known: ReadonlySet<string>): boolean =>
  senderNumbers.some((number) => number !== 'default' && isWhatsApp(number) && !known.has(number));

/**
 * Publishes the files of a directory where there is neither a programme nor a drill yet: a fresh environment has something
 * to take part in. Returns how many drills and programmes that were, or null when there was something. Throws
 * `invalid_configuration` with all faults of the files. `refuseWhereUsed`: also where people have talked with it before, whose
 * programme these files need not be: somebody has to say so.
 */
export async function seedContent(
  pool: Pool,
  { directory, now, refuseWhereUsed = false }: { directory: string; now: Date; refuseWhereUsed?: boolean },
): Promise<{ drills: number; programmes: number } | null> {
  return await inTransaction(pool, async (tx) => {
    if ((await tx.query('SELECT FROM programme UNION ALL SELECT FROM drill LIMIT 1')).rowCount !== 0) {
      return null;
    }
    await beginContentChange(tx);
    // Somebody else may have been faster.
    if ((await tx.query('SELECT FROM programme UNION ALL SELECT FROM drill LIMIT 1')).rowCount !== 0) {
      return null;
    }
    if (refuseWhereUsed && (await tx.query('SELECT FROM dialog_state LIMIT 1')).rowCount !== 0) {
      throw new CarillonError(
        'invalid_configuration',
        'There are people here and no programme. Say whose they are: CONTENT_DIR is the folder of its files, in the image (docs/deploy.md). Nothing was published.',
      );
    }
    const { drills, programmes } = readAuthored(await readSources(directory), null);
    const given = { drills: drills.map(({ drill }) => drill), programmes };
    const standing = await readStanding(tx);
    const faults = faultsOfChange(standing, given, null);
    if (faults.length > 0) {
      const fault = contentFault(
        faults.map(({ kind, message, path, slug }) => `${kind} ${slug} ${path.join('.')}: ${message}`),
      );
      const known = standing.whatsAppSenders ?? new Set();
      if (!programmes.some((programme) => namesWhatsApp(programme, known))) throw fault;
      throw new CarillonError(
        'invalid_configuration',
        `${fault.message}\n${SENDERS_FIRST} Nothing was published.`,
      );
    }
    const ownerOf = programmeOf(programmes);
    const by = { by: 'the deployment', now };
    await insertVersions(
      tx,
      drills.map(({ drill, examples }) => {
        const report = examplesReport(drill, examples, ownerOf(drill.slug));
        return {
          drill,
          examples,
          report,
          overrideReason: isClean(report) ? null : 'came with the deployment',
        };
      }),
      by,
    );
    await writeProgrammes(tx, programmes, by);
    return { drills: drills.length, programmes: programmes.length };
  });
}
