import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { phoneNumberSchema } from '#shared/phone/phone-number.ts';
import type { Answer, Dialect } from '../other-api.ts';
import { otherRequest } from '../other-api.ts';
import { uuidOf } from '../vonage/api.ts';

/**
 * SendTextMessage of AWS End User Messaging SMS, in the protocol of AWS (JSON 1.0). A signature must be there; what it is worth is
 * not checked. https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
 */
const TARGET = 'PinpointSMSVoiceV2.SendTextMessage';

export const isAwsRequest = ({ headers, method }: IncomingMessage): boolean =>
  method === 'POST' && headers['x-amz-target'] !== undefined;

const bodySchema = z.strictObject({
  DestinationPhoneNumber: phoneNumberSchema,
  OriginationIdentity: z.string().min(1),
  MessageBody: z.string().min(1).max(1_600),
  MessageType: z.enum(['TRANSACTIONAL', 'PROMOTIONAL']).optional(),
  ConfigurationSetName: z.string().optional(),
  TimeToLive: z.int().min(5).max(259_200).optional(),
  Context: z.record(z.string().max(100), z.string().max(800)).optional(),
});

const fault = (status: number, name: string, message: string, reason?: string): Answer => ({
  status,
  json: {
    __type: `com.amazonaws.pinpointsmsvoicev2#${name}`,
    Message: message,
    ...(reason === undefined ? {} : { Reason: reason }),
  },
});
const conflict = (reason: string): Answer => fault(400, 'ConflictException', 'Conflict', reason);

/** Refusals of a request, by Twilio's code for the same. What is not here is told by an event. */
const REFUSALS: Readonly<Record<number, Answer>> = {
  20003: fault(400, 'AccessDeniedException', 'Denied', 'ACCOUNT_DISABLED'),
  20429: fault(400, 'ThrottlingException', 'Rate exceeded'),
  21211: fault(400, 'ValidationException', 'The number is not valid', 'INVALID_PARAMETER'),
  21606: conflict('NUMBER_CAPABILITIES_MISMATCH'),
  21610: conflict('DESTINATION_PHONE_NUMBER_OPTED_OUT'),
};

/** `eventsUrl`: where the topic of events is subscribed. */
export const awsDialect = ({ eventsUrl }: { eventsUrl: string | null }): Dialect => ({
  refuses: async ({ headers }) => {
    const signed = /^AWS4-HMAC-SHA256 Credential=\S+, ?SignedHeaders=\S+, ?Signature=[0-9a-f]{64}$/.test(
      headers.authorization ?? '',
    );
    if (!signed) return fault(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
    return headers['x-amz-target'] === TARGET
      ? null
      : fault(400, 'UnknownOperationException', 'Unknown operation');
  },
  read: (text) => {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      // No JSON: the schema refuses it.
    }
    const parsed = bodySchema.safeParse(json);
    const { data } = parsed;
    const send =
      data === undefined
        ? null
        : otherRequest({
            carrier: 'aws',
            to: data.DestinationPhoneNumber,
            from: data.OriginationIdentity,
            body: data.MessageBody,
            statusCallback: data.ConfigurationSetName === undefined ? null : eventsUrl,
            reference: data.Context ?? {},
            validForSeconds: data.TimeToLive ?? 259_200,
          });
    if (send !== null) return { send };
    const why = parsed.error === undefined ? 'The number is not valid' : z.prettifyError(parsed.error);
    return { answer: fault(400, 'ValidationException', why, 'INVALID_PARAMETER') };
  },
  refusal: (code) => REFUSALS[code] ?? null,
  accepted: ({ sid }) => ({ status: 200, json: { MessageId: uuidOf(sid) } }),
  throttled: (seconds) => ({
    ...fault(400, 'ThrottlingException', 'Rate exceeded'),
    ...(seconds > 0 ? { headers: { 'retry-after': String(seconds) } } : {}),
  }),
  failed: fault(500, 'InternalServerException', 'Internal error'),
});
