import { fileRows, type InputFile } from './file-rows.ts';
import { readReassignedRow } from './read-row.ts';
import type { Provenance, ReassignedRow, ReassignedSource } from './source.ts';

/** A file of answers of the Reassigned Numbers Database: number, date, answer. To be read once. */
export function reassignedFile(file: InputFile, askedOn: string): ReassignedSource {
  const read: Provenance[] = [];
  return {
    askedOn,
    provenance: () => read,
    async *answers(reject) {
      for await (const rows of fileRows(file, reject, (provenance) => read.push(provenance))) {
        const answers: ReassignedRow[] = [];
        for (const { line, cells } of rows) {
          const row = readReassignedRow(cells, askedOn);
          if (row.kind === 'read') answers.push(row.value);
          else reject({ line, reason: `${file.name}: ${row.reason}` });
        }
        yield answers;
      }
    },
  };
}
