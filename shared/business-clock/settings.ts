import { type Config, localFlag, type Settings } from '#shared/config.ts';
import { CarillonError } from '#shared/errors.ts';

/** Of every process that takes its time from the database of the local stack. */
export const businessClockSettings = {
  TIME_CAN_SKIP: localFlag({
    help: 'For the local stack alone: whether business time follows the offset that `npm run skip` moves. It cannot be set on AWS: there business time is the time of the machine, no service has a right to the offset, and a database elsewhere than on this machine is refused.',
  }),
} satisfies Settings;

const THIS_MACHINE = ['127.0.0.1', '::1', 'localhost'];

/** Time is never skipped for a database that others use too. Throws `invalid_configuration`. */
export function refuseElsewhere({
  DB_HOST,
  DB_IAM_AUTH = false,
  TIME_CAN_SKIP,
}: Config<typeof businessClockSettings> & { DB_HOST: string; DB_IAM_AUTH?: boolean }): void {
  if (!TIME_CAN_SKIP || (THIS_MACHINE.includes(DB_HOST) && !DB_IAM_AUTH)) return;
  throw new CarillonError(
    'invalid_configuration',
    'TIME_CAN_SKIP is true, and the database is not the one of the local stack.',
  );
}
