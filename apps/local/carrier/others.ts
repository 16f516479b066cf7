import type { KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Logger } from '#shared/logger.ts';
import { awsDialect, isAwsRequest } from './aws/api.ts';
import { awsEvent, awsInbound, createSnsTopic } from './aws/sns.ts';
import type { Message, Notice } from './message.ts';
import { type ApiParts, createOtherApi } from './other-api.ts';
import { VONAGE_SEND_PATH, vonageDialect } from './vonage/api.ts';
import { type JsonContent, signedByVonage, vonageInbound, vonageStatus } from './vonage/webhooks.ts';
import type { WebhookClient } from './webhook-client.ts';

export interface VonageOptions {
  apiKey: string;
  applicationId: string;
  /** Of the application's key pair: whoever sends signs by the private one. */
  publicKey: KeyObject;
  signatureSecret: string;
  /** Where texts and statuses are posted; null: nowhere. */
  inboundUrl: string | null;
  statusUrl: string | null;
}

export interface AwsOptions {
  topicArn: string;
  /** What is subscribed to the topic; null: nothing. */
  endpoint: string | null;
}

/** The carriers beside Twilio that the simulator speaks for. */
export interface Others {
  /** Where texts to numbers of each are posted; undefined: that carrier is not simulated. */
  inboundUrls: Readonly<Partial<Record<CarrierName, string | null>>>;
  handles(request: IncomingMessage, path: string, search: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
  /** What is posted for a notice, signed; null: nothing. `origin`: of the simulator. */
  contentOf(message: Message, notice: Notice, origin: string): Promise<JsonContent | null>;
  /** Asks the endpoint of the topic to confirm its subscription, as SNS does once. */
  subscribe(origin: string, client: Pick<WebhookClient, 'deliverContent'>): Promise<void>;
  endHung(): void;
}

export async function createOthers(
  { aws, vonage }: { vonage?: VonageOptions; aws?: AwsOptions },
  parts: ApiParts & { logger: Logger },
): Promise<Others> {
  const { clock, logger } = parts;
  const vonageApi = vonage && createOtherApi(vonageDialect(vonage), parts);
  const awsApi = aws && createOtherApi(awsDialect({ eventsUrl: aws.endpoint }), parts);
  const topic = aws && (await createSnsTopic(aws.topicArn, clock.machineTime()));
  const isConfirmation = (path: string, search: string): boolean =>
    path === '/' && new URLSearchParams(search).get('Action') === 'ConfirmSubscription';
  return {
    inboundUrls: {
      ...(vonage ? { vonage: vonage.inboundUrl } : {}),
      ...(aws ? { aws: aws.endpoint } : {}),
    },
    handles: (request, path, search) =>
      (vonageApi !== undefined && request.method === 'POST' && path === VONAGE_SEND_PATH) ||
      (awsApi !== undefined && isAwsRequest(request)) ||
      (topic !== undefined && (path === topic.certificatePath || isConfirmation(path, search))),
    handle: async (request, response, path) => {
      if (path === VONAGE_SEND_PATH) return vonageApi?.handle(request, response);
      if (isAwsRequest(request)) return awsApi?.handle(request, response);
      const isCertificate = topic !== undefined && path === topic.certificatePath;
      response.writeHead(200, { 'content-type': isCertificate ? 'application/x-pem-file' : 'text/xml' });
      response.end(isCertificate ? topic.certificate : '<ConfirmSubscriptionResponse/>');
    },
    contentOf: async (message, notice, origin) => {
      const isText = message.direction === 'inbound';
      if (message.carrier === 'vonage' && vonage) {
        const content = isText ? vonageInbound(message) : vonageStatus(message, notice);
        return content && signedByVonage(content, notice.token, vonage, clock.machineTime());
      }
      const content = isText ? awsInbound(message) : awsEvent(message, notice);
      return content === null || topic === undefined
        ? null
        : topic.notification(content, notice.token, new Date(notice.at), origin);
    },
    subscribe: async (origin, client) => {
      if (topic === undefined || aws?.endpoint == null) return;
      const content = topic.confirmation(clock.newId(), clock.now(), origin);
      const delivery = await client.deliverContent(aws.endpoint, content, () => undefined);
      if (delivery.kind === 'failed') {
        logger.warn({ reason: delivery.reason }, 'the subscription of a topic was not confirmed');
      }
    },
    endHung: () => {
      vonageApi?.endHung();
      awsApi?.endHung();
    },
  };
}
