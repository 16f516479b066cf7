import { writeFile } from 'node:fs/promises';
import { readings, recordedFile } from './recorded-call.ts';
import { recordScenario } from './scenario.ts';

/** `npm run aws-calls`: runs the system, for each way of reading streams, and writes the AWS calls of its services. */
for (const reading of readings) {
  const calls = await recordScenario(reading);
  await writeFile(recordedFile(reading), `${JSON.stringify(calls, null, 2)}\n`);
  console.log(`${reading}: ${calls.length} calls`);
}
