import {
  type KinesisClient,
  ProvisionedThroughputExceededException,
  PutRecordCommand,
  PutRecordsCommand,
  type PutRecordsCommandInput,
  type PutRecordsCommandOutput,
  type PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis';

/** Of the records that fail, how many are on the stream all the same: their answer was lost inside Kinesis. */
const STORED_SHARE = 0.1;

const THROTTLED = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'injected' };
const INTERNAL = { ErrorCode: 'InternalFailure', ErrorMessage: 'injected' };

/**
 * Lets a share of all records fail, as Kinesis does and no emulator: some of a PutRecords while the others are accepted, or a
 * PutRecord as a whole. One in ten of them is stored although its answer says that it failed: its repetition is a duplicate.
 */
export function failSomeRecords(client: KinesisClient, share: number, random: () => number): void {
  const fate = (): 'accepted' | 'refused' | 'answer lost' => {
    if (random() >= share) return 'accepted';
    return random() < STORED_SHARE ? 'answer lost' : 'refused';
  };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === PutRecordCommand.name) {
        const what = fate();
        if (what === 'accepted') return next(args);
        if (what === 'answer lost') await next(args);
        throw new ProvisionedThroughputExceededException({ $metadata: {}, message: 'injected' });
      }
      if (context.commandName !== PutRecordsCommand.name) return next(args);
      const input = args.input as PutRecordsCommandInput;
      const records = input.Records ?? [];
      const fates = records.map(fate);
      const Records = records.filter((_, index) => fates[index] !== 'refused');
      const answer = Records.length > 0 ? await next({ ...args, input: { ...input, Records } }) : undefined;
      const output = answerOf(answer?.output as PutRecordsCommandOutput | undefined, fates);
      return { response: answer?.response, output };
    },
    // Before whatever else looks at a request: what is refused here is no load on a shard.
    { step: 'initialize', name: 'failSomeRecords', priority: 'high' },
  );
}

function answerOf(
  answer: PutRecordsCommandOutput | undefined,
  fates: readonly ('accepted' | 'refused' | 'answer lost')[],
): PutRecordsCommandOutput {
  const stored = [...(answer?.Records ?? [])];
  const results = fates.map((fate): PutRecordsResultEntry => {
    if (fate === 'refused') return THROTTLED;
    const result = stored.shift() ?? INTERNAL;
    return fate === 'accepted' ? result : INTERNAL;
  });
  return {
    ...answer,
    $metadata: answer?.$metadata ?? {},
    FailedRecordCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
    Records: results,
  };
}
