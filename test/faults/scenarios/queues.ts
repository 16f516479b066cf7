import { setTimeout as delay } from 'node:timers/promises';
import { awsError, type Meddler } from '../aws-proxy.ts';
import { forAWhile, type Inflicted, type Scenario, type World } from '../scenario.ts';

const MEDDLED_MS = 30_000;

/** Meddles for a while with what goes to SQS. */
async function meddle({ lasts, troubles }: World, inflicted: Inflicted, meddler: Meddler): Promise<void> {
  troubles.sqs.meddler = meddler;
  await forAWhile(lasts(MEDDLED_MS), async () => inflicted);
  troubles.sqs.meddler = null;
}

/** Longer than anybody waits for an answer of SQS, but a long poll. */
const LATE_MS = 10_000;

const listIn = (body: unknown, key: string): readonly unknown[] => {
  const found: unknown = Object(body)[key];
  return Array.isArray(found) ? found : [];
};

/** In s: far less than an answer of the carrier takes, and less than a heartbeat. */
const SHORT_VISIBILITY = 1;

export const sqsDuplicates: Scenario = {
  name: 'sqs-duplicates',
  says:
    'For 30 s every second receive hands out entries for 1 s instead of 30, so that they come again while they are worked ' +
    'on; every fourth adds entries that were handed out before, as a duplicate; and extensions are told to be granted and ' +
    'are not.',
  inflict: async (world) => {
    const { random, say } = world;
    const inflicted = {
      'entries whose visibility ended early': 0,
      'entries handed out twice': 0,
      'extensions not granted': 0,
    };
    const handedOut = new Map<unknown, unknown[]>();
    await meddle(world, inflicted, async ({ input, operation }, forward) => {
      if (operation === 'ChangeMessageVisibilityBatch') {
        const entries = listIn(input, 'Entries');
        // What is given back (visibility 0) is left alone.
        if (entries.some((entry) => Object(entry).VisibilityTimeout === 0)) return forward();
        inflicted['extensions not granted'] += entries.length;
        return {
          status: 200,
          body: { Successful: entries.map((entry) => ({ Id: Object(entry).Id })), Failed: [] },
        };
      }
      if (operation !== 'ReceiveMessage') return forward();
      const isShort = random() < 0.5;
      const answer = await forward(isShort ? { ...input, VisibilityTimeout: SHORT_VISIBILITY } : input);
      const entries = listIn(answer.body, 'Messages');
      if (answer.status !== 200 || entries.length === 0) return answer;
      if (isShort) inflicted['entries whose visibility ended early'] += entries.length;
      const before = handedOut.get(input.QueueUrl) ?? [];
      handedOut.set(input.QueueUrl, [...before, ...entries].slice(-50));
      if (random() > 0.25 || before.length === 0 || entries.length === 10) return answer;
      const again = before[Math.floor(random() * before.length)];
      inflicted['entries handed out twice'] += 1;
      return { status: 200, body: { ...Object(answer.body), Messages: [...entries, again] } };
    });
    say(JSON.stringify(inflicted));
    return inflicted;
  },
};

export const sqsLosesAnswers: Scenario = {
  name: 'sqs-loses-answers',
  says:
    'For 30 s SQS refuses every tenth call (RequestThrottled), answers every tenth with 500, takes every fifth batch of ' +
    'entries only in part, ends the connection before its answer to every fifth batch that it took, to every tenth receive ' +
    'and to every tenth deletion, and answers one of 25 other calls after 10 s.',
  inflict: async (world) => {
    const { random, say } = world;
    const inflicted = {
      'calls throttled': 0,
      'internal failures': 0,
      'batches taken in part': 0,
      'answers to batches lost': 0,
      'answers to receives lost, with entries in them': 0,
      'answers to deletions lost': 0,
      'answers too late': 0,
    };
    await meddle(world, inflicted, async ({ input, operation }, forward) => {
      const chance = random();
      if (chance < 0.1) {
        inflicted['calls throttled'] += 1;
        return awsError('com.amazonaws.sqs#RequestThrottled', 'The request is throttled in this trial.', 403);
      }
      if (chance < 0.2) {
        inflicted['internal failures'] += 1;
        return awsError('com.amazonaws.sqs#InternalFailure', 'Internal failure in this trial.', 500);
      }
      const entries = listIn(input, 'Entries');
      if (operation === 'SendMessageBatch' && chance < 0.4) {
        const refused = entries.filter(() => random() < 0.5);
        const taken = entries.filter((entry) => !refused.includes(entry));
        const answer =
          taken.length > 0 ? await forward({ ...input, Entries: taken }) : { status: 200, body: {} };
        if (answer.status !== 200 || refused.length === 0) return answer;
        inflicted['batches taken in part'] += 1;
        const Failed = refused.map((entry) => ({
          Id: Object(entry).Id,
          SenderFault: false,
          Code: 'InternalFailure',
          Message: 'Internal failure in this trial.',
        }));
        return { status: 200, body: { Successful: listIn(answer.body, 'Successful'), Failed } };
      }
      const answer = await forward();
      if (operation === 'SendMessageBatch' && chance < 0.6) {
        inflicted['answers to batches lost'] += 1;
        return null;
      }
      if (operation === 'DeleteMessageBatch' && chance < 0.3) {
        inflicted['answers to deletions lost'] += 1;
        return null;
      }
      if (operation === 'ReceiveMessage' && chance < 0.3 && listIn(answer.body, 'Messages').length > 0) {
        inflicted['answers to receives lost, with entries in them'] += 1;
        return null;
      }
      if (operation !== 'ReceiveMessage' && chance > 0.96) {
        inflicted['answers too late'] += 1;
        await delay(LATE_MS);
      }
      return answer;
    });
    say(JSON.stringify(inflicted));
    return inflicted;
  },
};
