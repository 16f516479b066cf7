import { writeFile } from 'node:fs/promises';
import { RECORDED_FILE } from './recorded-call.ts';
import { recordScenario } from './scenario.ts';

/** `npm run aws-calls`: runs the system and writes the AWS calls that its services made. */
const calls = await recordScenario();
await writeFile(RECORDED_FILE, `${JSON.stringify(calls, null, 2)}\n`);
console.log(`${calls.length} calls`);
