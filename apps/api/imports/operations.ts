import { v7 } from 'uuid';
import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { readFields } from '#shared/contacts/store.ts';
import { faultsOfMapping, recogniseColumns } from '#shared/imports/columns.ts';
import {
  ABANDONED_MS,
  beginCheck,
  beginCommit,
  beginUpload,
  end,
  isOpen,
  waiting,
} from '#shared/imports/lifecycle.ts';
import { importKinds, importStatuses } from '#shared/imports/options.ts';
import {
  findImport,
  type Import,
  insertImport,
  listImports,
  lockImport,
  writeImport,
} from '#shared/imports/store.ts';
import { inTransaction, type Queryable, type Transaction } from '#shared/postgres/pool.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type ChangeTools, change, type Operation, read, reply, upload } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { textStream } from '../http/text-stream.ts';
import { uuid } from '../http/words.ts';
import { nameOf } from '../identity/identity.ts';
import { faultsAsCsv, listFaults } from './faults.ts';
import { faultyRowsAsCsv, listFaultyRows } from './faulty-rows.ts';
import { SAMPLE_ROWS, sampleRows } from './sample.ts';
import {
  commitSchema,
  faultSchema,
  faultyRowSchema,
  importSchema,
  mappingSchema,
  newImportSchema,
  sampleRowSchema,
  wireImport,
} from './schemas.ts';
import { gaveWay, stageFile } from './stage-file.ts';

/** Largest file, in bytes: several million rows. */
export const MAX_FILE_BYTES = 1024 ** 3;

const params = z.object({ id: uuid });
const importPosition = z.object({ at: z.iso.datetime({ precision: 6 }), importId: z.uuid() });
const rowPosition = z.object({ row: z.int32().min(0) });
const faultPosition = z.object({ row: z.int().min(0), place: z.int().min(-2).max(1_000) });
const noSuchImport = (): Problem => new Problem('not_found', 'There is no import with this id.');
const tooLate = (status: string, wanted: string): Problem =>
  new Problem('conflict', `The import is ${status}: ${wanted}.`);

const found = { 200: { description: 'How it stands', body: importSchema } };

/** Files of contacts and of suppressions: upload, say what the columns are, check, commit. */
export const importOperations = ({ clock }: { clock: Clock }): readonly Operation[] => {
  /** Takes an import a step further, under the lock on its row; `next` throws where it cannot. */
  async function step(
    id: string,
    action: string,
    { audit, tx }: ChangeTools,
    next: (before: Import) => Import | Promise<Import>,
  ): Promise<Import> {
    const before = await held(tx, id);
    const after = await next(before);
    await writeImport(tx, after);
    audit({
      subject: 'import',
      subjectId: id,
      action,
      before: auditedImport(before),
      after: auditedImport(after),
    });
    return after;
  }

  return [
    change({
      id: 'createImport',
      method: 'post',
      path: '/v1/imports',
      tag: 'Imports',
      summary: 'Begins an import; its file comes next',
      description: 'One that nobody goes on with for 7 days is cancelled.',
      access: 'operator',
      body: newImportSchema,
      replies: { 201: { description: 'It waits for its file', body: importSchema } },
      handle: async ({ body: { fileName, kind, options }, identity }, { audit, tx }) => {
        if (options.listId !== null && !(await hasList(tx, options.listId))) {
          throw new Problem('invalid_request', 'There is no list with this id.', {
            faults: [{ in: 'body', pointer: '/options/listId', detail: 'is the id of no list' }],
          });
        }
        const createdAt = clock.now();
        const importId = v7();
        await insertImport(tx, {
          ...{ importId, kind, fileName, options, createdAt },
          createdBy: nameOf(identity),
          dueAt: new Date(createdAt.getTime() + ABANDONED_MS),
        });
        audit({
          subject: 'import',
          subjectId: importId,
          action: 'created',
          before: null,
          after: { kind, fileName, options },
        });
        return reply(201, wireImport(await known(tx, importId)));
      },
    }),
    read({
      id: 'listImports',
      path: '/v1/imports',
      tag: 'Imports',
      summary: 'Imports, newest first',
      access: 'viewer',
      query: z.strictObject({
        ...pageQuery,
        status: z.enum(importStatuses).optional(),
        kind: z.enum(importKinds).optional(),
      }),
      replies: { 200: { description: 'A page of them', body: pageOf(importSchema, 'ImportPage') } },
      handle: async ({ query: { cursor, kind, limit, status } }, db) => {
        const rows = await listImports(db, {
          after: decodeCursor(importPosition, cursor),
          limit: limit + 1,
          status: status ?? null,
          kind: kind ?? null,
        });
        const body = page(rows, limit, {
          item: (each) => wireImport(each),
          positionOf: ({ importId, position }) => ({ at: position, importId }),
        });
        return reply(200, body);
      },
    }),
    read({
      id: 'getImport',
      path: '/v1/imports/{id}',
      tag: 'Imports',
      summary: 'How an import stands',
      description: 'Live events of the topic `imports` say the same while it goes on.',
      access: 'viewer',
      params,
      replies: found,
      problems: ['not_found'],
      handle: async ({ params: { id } }, db) => reply(200, wireImport(await known(db, id))),
    }),
    upload({
      id: 'uploadImportFile',
      path: '/v1/imports/{id}/file',
      tag: 'Imports',
      summary: 'Sends the file',
      description:
        'CSV in UTF-8, with or without BOM; cells are separated by commas, semicolons or tabs, and may hold line breaks where they are quoted. The first line names the columns: what they are is recognised by their names in English and Spanish, and can be changed. Until the commit another file may take its place; one that broke off counts for nothing and is sent again as a whole.',
      access: 'operator',
      params,
      mediaTypes: ['text/csv'],
      maxBytes: MAX_FILE_BYTES,
      example: 'phone,name,notes\n(415) 555-0101,Ana Ruiz,\n',
      replies: { 200: { description: 'It is there, and what its columns seem to be', body: importSchema } },
      problems: ['not_found', 'conflict'],
      handle: async ({ params: { id } }, { pieces }, { commit, db }) => {
        const begun = await inTransaction(db, async (tx) => {
          const before = await held(tx, id);
          const after = beginUpload(before, clock.now());
          if (after === null) throw tooLate(before.status, 'begin another one for another file');
          await writeImport(tx, after);
          return after;
        });
        const { bytes, columns, hash, rows } = await stageFile(db, begun, pieces, () => clock.now());
        const after = await commit((tools) =>
          step(id, 'uploaded', tools, async (before) => {
            if (before.upload !== begun.upload || before.status !== 'uploading') throw gaveWay();
            return {
              ...waiting(before, 'uploaded', clock.now()),
              columns,
              mapping: recogniseColumns(before.kind, columns, await readFields(tools.tx)),
              fileBytes: bytes,
              fileHash: hash,
              counts: { ...before.counts, fileRows: rows },
            };
          }),
        );
        return reply(200, wireImport(after));
      },
    }),
    change({
      id: 'mapImport',
      method: 'patch',
      path: '/v1/imports/{id}',
      tag: 'Imports',
      summary: 'Says what the columns of the file are',
      description: 'What was checked before has to be checked again.',
      access: 'operator',
      params,
      body: mappingSchema,
      replies: found,
      problems: ['not_found', 'conflict'],
      handle: async ({ body: { mapping }, params: { id } }, tools) => {
        const after = await step(id, 'mapped', tools, async (before) => {
          if (before.status !== 'uploaded' && before.status !== 'checked') {
            throw tooLate(before.status, 'columns are named when the file is there and nothing is under way');
          }
          await refuseMapping({ ...before, mapping }, tools.tx);
          return { ...waiting(before, 'uploaded', clock.now()), mapping };
        });
        return reply(200, wireImport(after));
      },
    }),
    change({
      id: 'checkImport',
      method: 'post',
      path: '/v1/imports/{id}/check',
      tag: 'Imports',
      summary: 'Checks every row; nothing is taken in yet',
      access: 'operator',
      params,
      replies: { 202: { description: 'The check has begun', body: importSchema } },
      problems: ['not_found', 'conflict'],
      handle: async ({ params: { id } }, tools) => {
        const after = await step(id, 'check_begun', tools, async (before) => {
          const next = beginCheck(before, clock.now());
          if (next === null) throw tooLate(before.status, 'it is checked when its file is there');
          await refuseMapping(before, tools.tx);
          return next;
        });
        return reply(202, wireImport(after));
      },
    }),
    change({
      id: 'commitImport',
      method: 'post',
      path: '/v1/imports/{id}/commit',
      tag: 'Imports',
      summary: 'Takes the rows in',
      description:
        'Only after a check without faulty rows, or with `excludeFaulty`. It goes on in the background, also when services are restarted, and cannot be stopped. No row lifts a suppression: an opt-out always wins.',
      access: 'operator',
      params,
      body: commitSchema,
      replies: { 202: { description: 'The commit has begun', body: importSchema } },
      problems: ['not_found', 'conflict'],
      handle: async ({ body: { excludeFaulty }, params: { id } }, tools) => {
        const after = await step(id, 'commit_begun', tools, (before) => {
          const next = beginCommit(before, excludeFaulty, clock.now());
          if (next === null) throw tooLate(before.status, 'it is committed when it has been checked');
          if (before.counts.faulty > 0 && !excludeFaulty) {
            throw new Problem(
              'conflict',
              `${before.counts.faulty} rows are faulty. Mend the file and send it again, or leave them out with excludeFaulty.`,
            );
          }
          return next;
        });
        return reply(202, wireImport(after));
      },
    }),
    change({
      id: 'cancelImport',
      method: 'post',
      path: '/v1/imports/{id}/cancel',
      tag: 'Imports',
      summary: 'Drops an import of which nothing is committed',
      access: 'operator',
      params,
      replies: found,
      problems: ['not_found', 'conflict'],
      handle: async ({ identity, params: { id } }, tools) => {
        const after = await step(id, 'cancelled', tools, (before) => {
          if (!isOpen(before)) throw tooLate(before.status, 'it cannot be cancelled any more');
          return end(before, 'cancelled', `By ${nameOf(identity)}.`, clock.now());
        });
        return reply(200, wireImport(after));
      },
    }),
    read({
      id: 'sampleImport',
      path: '/v1/imports/{id}/sample',
      tag: 'Imports',
      summary: 'The first rows of the file, as they stand there',
      description: 'To see what its columns are. Until the import has ended: then the rows are deleted.',
      access: 'viewer',
      params,
      replies: {
        200: {
          description: `At most ${SAMPLE_ROWS} of them`,
          body: z.object({ items: z.array(sampleRowSchema) }).meta({ id: 'ImportSample' }),
        },
      },
      problems: ['not_found'],
      handle: async ({ params: { id } }, db) =>
        reply(200, { items: await sampleRows(db, await known(db, id)) }),
    }),
    read({
      id: 'listFaultyRows',
      path: '/v1/imports/{id}/faulty-rows',
      tag: 'Imports',
      summary: 'Rows that are faulty, as they stand in the file, each with what is wrong in which cell',
      description: 'Until 30 days after the import has ended.',
      access: 'viewer',
      params,
      query: z.strictObject(pageQuery),
      replies: { 200: { description: 'A page of rows', body: pageOf(faultyRowSchema, 'FaultyRowPage') } },
      problems: ['not_found'],
      handle: async ({ params: { id }, query: { cursor, limit } }, db) => {
        await known(db, id);
        const rows = await listFaultyRows(db, id, {
          after: decodeCursor(rowPosition, cursor)?.row ?? null,
          limit: limit + 1,
        });
        return reply(200, page(rows, limit, { item: (each) => each, positionOf: ({ row }) => ({ row }) }));
      },
    }),
    read({
      id: 'exportFaultyRows',
      path: '/v1/imports/{id}/faulty-rows.csv',
      tag: 'Imports',
      summary: 'The same as CSV: to be mended, and sent again as a file of its own',
      description:
        'With the columns of the file, and behind them the line and what is wrong. Texts that a spreadsheet would compute begin with an apostrophe, which an import takes away again.',
      access: 'viewer',
      params,
      replies: { 200: { description: 'CSV, of any length', body: textStream, mediaType: 'text/csv' } },
      problems: ['not_found'],
      handle: async ({ params: { id } }, db) => {
        const { columns } = await known(db, id);
        return reply(200, faultyRowsAsCsv(db, id, columns), {
          headers: { 'content-disposition': 'attachment; filename="faulty-rows.csv"' },
        });
      },
    }),
    read({
      id: 'listImportFaults',
      path: '/v1/imports/{id}/faults',
      tag: 'Imports',
      summary: 'What is wrong with the file, row by row',
      description: 'Until 30 days after the import has ended.',
      access: 'viewer',
      params,
      query: z.strictObject(pageQuery),
      replies: { 200: { description: 'A page of faults', body: pageOf(faultSchema, 'ImportFaultPage') } },
      problems: ['not_found'],
      handle: async ({ params: { id }, query: { cursor, limit } }, db) => {
        await known(db, id);
        const rows = await listFaults(db, id, decodeCursor(faultPosition, cursor), limit + 1);
        const body = page(rows, limit, {
          item: ({ place: _, ...fault }) => fault,
          positionOf: ({ place, row }) => ({ row, place }),
        });
        return reply(200, body);
      },
    }),
    read({
      id: 'exportImportFaults',
      path: '/v1/imports/{id}/faults.csv',
      tag: 'Imports',
      summary: 'The same as CSV',
      description: 'Texts that a spreadsheet would compute begin with an apostrophe.',
      access: 'viewer',
      params,
      replies: { 200: { description: 'CSV, of any length', body: textStream, mediaType: 'text/csv' } },
      problems: ['not_found'],
      handle: async ({ params: { id } }, db) => {
        await known(db, id);
        return reply(200, faultsAsCsv(db, id), {
          headers: { 'content-disposition': 'attachment; filename="faults.csv"' },
        });
      },
    }),
  ];
};

async function held(tx: Transaction, id: string): Promise<Import> {
  const locked = await lockImport(tx, id);
  if (locked === null) throw noSuchImport();
  return locked;
}

async function known(db: Queryable, id: string): Promise<Import> {
  const there = await findImport(db, id);
  if (there === null) throw noSuchImport();
  return there;
}

async function hasList(tx: Transaction, listId: string): Promise<boolean> {
  return (await tx.query('SELECT FROM contact_list WHERE list_id = $1', [listId])).rowCount === 1;
}

/** Throws everything that is wrong with a mapping. */
async function refuseMapping({ columns, kind, mapping }: Import, tx: Transaction): Promise<void> {
  const faults = faultsOfMapping(kind, mapping, columns.length, await readFields(tx));
  if (faults.length === 0) return;
  throw new Problem('invalid_request', 'The columns cannot be read like this: see faults.', {
    faults: faults.map(({ column, detail }) => ({
      in: 'body' as const,
      pointer: column === null ? '/mapping' : `/mapping/${column}`,
      detail,
    })),
  });
}

const auditedImport = ({ counts, excludeFaulty, fileHash, mapping, status }: Import) => ({
  status,
  fileHash,
  mapping,
  excludeFaulty,
  rows: counts.fileRows,
  faulty: counts.faulty,
});
