import { once } from 'node:events';
import { type KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import express, { type RequestHandler } from 'express';
import twilio from 'twilio';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import { inboundCommandId } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { type NaiveTask, PATHS, type Stop } from './task.ts';

/**
 * Webhooks with express and the carrier's own check of signatures: a PutRecord for each, and an answer once the stream has it.
 * It keeps no consent: that is work which this composition is spared.
 */
export async function startGateway(task: NaiveTask, kinesis: KinesisClient): Promise<Stop> {
  const put = (StreamName: string, PartitionKey: string, body: unknown) =>
    kinesis.send(new PutRecordCommand({ StreamName, PartitionKey, Data: Buffer.from(JSON.stringify(body)) }));
  const signed: RequestHandler = (request, response, next) => {
    const signature = request.header('x-twilio-signature') ?? '';
    const url = task.publicUrl + request.originalUrl;
    if (twilio.validateRequest(task.authToken, signature, url, request.body)) next();
    else response.sendStatus(403);
  };
  const app = express();
  app.use(express.urlencoded({ extended: false }), signed);
  app.post(PATHS.inbound, async ({ body }, response) => {
    const from = phoneNumber(body.From);
    const receivedAt = new Date().toISOString();
    const command: DialogCommand = {
      type: 'INBOUND_SMS',
      commandId: inboundCommandId('twilio', body.MessageSid),
      phoneNumber: from,
      occurredAt: receivedAt,
      payload: {
        from,
        to: phoneNumber(body.To),
        body: body.Body,
        media: [],
        carrier: 'twilio',
        carrierMessageId: body.MessageSid,
        receivedAt,
        consent: body.Body === 'HELP' ? 'help' : null,
      },
    };
    await put(task.streams.commands, from, command);
    response.type('text/xml').send('<Response/>');
  });
  app.post(PATHS.status, async ({ body }, response) => {
    const entry = { carrierMessageId: body.MessageSid, phoneNumber: body.To, status: body.MessageStatus };
    await put(task.streams.log, body.To, entry);
    response.sendStatus(204);
  });
  const server = app.listen(task.port, '127.0.0.1');
  await once(server, 'listening');
  return async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
}
