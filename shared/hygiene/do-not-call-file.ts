import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { fileRows, type InputFile } from './file-rows.ts';
import { readDoNotCallRow } from './read-row.ts';
import type { DoNotCallSource, Provenance } from './source.ts';

/** Files of one day of the registry: the whole of it in one, or one for each area code. To be read once. */
export function doNotCallFiles(files: readonly InputFile[], listDate: string): DoNotCallSource {
  const read: Provenance[] = [];
  return {
    listDate,
    provenance: () => read,
    async *numbers(reject) {
      for (const file of files) {
        for await (const rows of fileRows(file, reject, (provenance) => read.push(provenance))) {
          const numbers: PhoneNumber[] = [];
          for (const { line, cells } of rows) {
            const row = readDoNotCallRow(cells);
            if (row.kind === 'read') numbers.push(row.value);
            else reject({ line, reason: `${file.name}: ${row.reason}` });
          }
          yield numbers;
        }
      }
    },
  };
}
