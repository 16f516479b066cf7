import { z } from 'zod';
import { faultsOfChange } from '#shared/content/check.ts';
import { importContent, replacedDrafts } from '#shared/content/import.ts';
import {
  type KeptProgramme,
  listProgrammes,
  readCodeUses,
  readProgramme,
  setArchived,
} from '#shared/content/programmes.ts';
import { publishContent } from '#shared/content/publish.ts';
import { readStanding } from '#shared/content/standing.ts';
import { beginContentChange } from '#shared/content/write.ts';
import { programmeYaml } from '#shared/content/yaml.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import type { ProgrammeFile } from '#shared/drills/content-file.ts';
import { programmeFileSchema, registrationCodeSchema, slugSchema } from '#shared/drills/programme.ts';
import { asWord } from '#shared/drills/words.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { DraftParts } from '../drills/draft-operations.ts';
import { refused, refusedFiles, storableDocument } from '../drills/words.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { checkVersion } from '../http/version.ts';
import { type Identity, nameOf } from '../identity/identity.ts';

const tag = 'Programmes';
const params = z.object({ slug: slugSchema });
const codeParams = params.extend({ code: storableText.min(1).max(200) });

/** Most codes of a programme. */
const MOST_CODES = 10_000;

const exampleProgramme: z.input<typeof programmeFileSchema> = {
  slug: 'healthy-hands',
  name: 'Healthy Hands',
  company: 'Elm County Health',
  contact: 'care@example.org',
  registration: 'code',
  codes: [{ code: 'HANDS2027', maxUses: 500 }],
  senderNumbers: ['+14155550171'],
  defaultLanguage: 'en',
  timezone: 'America/New_York',
  intent: 'transactional',
  drills: ['washing-hands'],
};
const { codes: _codes, ...exampleDefinition } = exampleProgramme;
/** With a number of its own: two programmes cannot have one. */
const exampleChange = { ...exampleDefinition, senderNumbers: ['+14155550172' as const] };

const newSchema = storableDocument(programmeFileSchema).meta({
  id: 'NewProgramme',
  example: exampleProgramme,
});
const changeSchema = storableDocument(programmeFileSchema.omit({ codes: true })).meta({
  id: 'ProgrammeDefinition',
  description: 'All of a programme but its codes',
  example: exampleChange,
});
const codeBody = storableDocument(registrationCodeSchema).meta({
  id: 'NewRegistrationCode',
  example: { code: 'ELM2027', maxUses: 200, expiresAt: '2027-06-30T00:00:00Z' },
});

const programmeSchema = programmeFileSchema
  .omit({ codes: true })
  .extend({
    codes: z.int().meta({ description: 'How many codes it has' }),
    updatedAt: instant,
    updatedBy: z.string(),
    archivedAt: instant.nullable().meta({ description: 'Since when it is over; null: it goes on' }),
  })
  .meta({ id: 'Programme' });
const codeSchema = registrationCodeSchema
  .extend({ uses: z.int().meta({ description: 'How often somebody registered with it' }) })
  .meta({ id: 'RegistrationCode' });
const codeListSchema = z.object({ items: z.array(codeSchema) }).meta({ id: 'RegistrationCodeList' });

const importBody = z
  .strictObject({
    files: z
      .array(
        z.strictObject({
          name: storableText
            .min(1)
            .max(200)
            .regex(/^[^:\n]*$/, 'must have no colon'),
          text: storableText.max(500_000),
        }),
      )
      .min(1)
      .max(200),
    publish: z.boolean().default(false).meta({
      description:
        'Whether people get it from now on. Else drills become drafts, and programmes, which have none, stay as they are',
    }),
    overrideReason: storableText.trim().min(1).max(500).optional(),
    replaceDrafts: z.boolean().default(false).meta({
      description:
        'Whether drafts that say something else give way. Else drills that somebody works on are refused, and nothing is taken in',
    }),
  })
  .meta({
    id: 'ContentImport',
    example: {
      files: [
        {
          name: 'soap.yaml',
          text: 'kind: drill\nslug: soap\nname: Soap\ndefaultLanguage: en\nprompts:\n  - slug: hello\n    messages: [{ text: { en: "Soap is best." } }]\n',
        },
      ],
    },
  });
const importedSchema = z
  .object({
    items: z.array(
      z.object({
        kind: z.enum(['drill', 'programme']),
        slug: z.string(),
        became: z.enum(['draft', 'published', 'unchanged', 'left']),
        version: z.int().nullable(),
      }),
    ),
  })
  .meta({ id: 'ImportedContent' });

const wire = ({ archivedAt, programme: { codes, ...rest }, updatedAt, updatedBy }: KeptProgramme) => ({
  ...rest,
  codes: codes.length,
  updatedAt: updatedAt.toISOString(),
  updatedBy,
  archivedAt: archivedAt?.toISOString() ?? null,
});

const noProgramme = (): Problem => new Problem('not_found', 'There is no programme of this name.');
const noCode = (): Problem => new Problem('not_found', 'The programme has no such code.');

/** Programmes, their codes, and content that comes as files. What is changed here holds from then on. */
export const programmeOperations = ({ clock, defaultSender }: DraftParts): readonly Operation[] => {
  /** Writes a programme, or refuses it with all faults. */
  const save = async (tx: Transaction, programme: ProgrammeFile, identity: Identity | null) => {
    const result = await publishContent(
      tx,
      { drills: [], programmes: [programme], overrideReason: null },
      { by: nameOf(identity), now: clock.now(), defaultSender },
    );
    if (result.kind === 'refused') {
      const about = { kind: 'programme', slug: programme.slug } as const;
      throw refused(result.faults, about, 'The programme cannot be as it is given.');
    }
    const kept = await readProgramme(tx, programme.slug);
    if (kept === null) throw new Error('a programme that was written has no row');
    return kept;
  };
  /** The programme, which nobody else changes until the transaction ends. */
  const locked = async (tx: Transaction, slug: string): Promise<KeptProgramme> => {
    await beginContentChange(tx);
    const kept = await readProgramme(tx, slug);
    if (kept === null) throw noProgramme();
    return kept;
  };
  /** What there is to answer about a programme. */
  const stands = async (tx: Transaction, slug: string) => {
    const kept = await readProgramme(tx, slug);
    if (kept === null) throw noProgramme();
    return [wire(kept), { version: kept.version }] as const;
  };
  return [
    read({
      id: 'listProgrammes',
      path: '/v1/programmes',
      tag,
      summary: 'Lists programmes, by slug',
      access: 'viewer',
      query: z.strictObject({
        ...pageQuery,
        archived: z
          .enum(['true', 'false'])
          .optional()
          .meta({ description: 'Only those that are archived, or that are not. Left out: all' }),
      }),
      replies: { 200: { description: 'A page of them', body: pageOf(programmeSchema, 'ProgrammePage') } },
      handle: async ({ query: { archived, cursor, limit } }, db) => {
        const after = decodeCursor(z.object({ slug: storableText }), cursor)?.slug ?? null;
        const rows = await listProgrammes(db, {
          after,
          archived: archived === undefined ? null : archived === 'true',
          limit: limit + 1,
        });
        const positionOf = ({ programme }: KeptProgramme) => ({ slug: programme.slug });
        return reply(200, page(rows, limit, { item: wire, positionOf }));
      },
    }),
    read({
      id: 'getProgramme',
      path: '/v1/programmes/{slug}',
      tag,
      summary: 'Gets a programme',
      access: 'viewer',
      params,
      replies: { 200: { description: 'The programme', body: programmeSchema, versioned: true } },
      problems: ['not_found'],
      handle: async ({ params: { slug } }, db) => {
        const kept = await readProgramme(db, slug);
        if (kept === null) throw noProgramme();
        return reply(200, wire(kept), { version: kept.version });
      },
    }),
    read({
      id: 'getProgrammeFile',
      path: '/v1/programmes/{slug}/file',
      tag,
      summary: 'Gets a programme as a YAML file, with its codes',
      access: 'operator',
      params,
      replies: { 200: { description: 'The file', body: z.string(), mediaType: 'application/yaml' } },
      problems: ['not_found'],
      handle: async ({ params: { slug } }, db) => {
        const kept = await readProgramme(db, slug);
        if (kept === null) throw noProgramme();
        return reply(200, programmeYaml(kept.programme));
      },
    }),
    change({
      id: 'createProgramme',
      method: 'post',
      path: '/v1/programmes',
      tag,
      summary: 'Makes a programme',
      access: 'admin',
      body: newSchema,
      replies: { 201: { description: 'The programme', body: programmeSchema, versioned: true } },
      problems: ['conflict'],
      handle: async ({ body: programme, identity }, { tx, audit }) => {
        await beginContentChange(tx);
        if ((await readProgramme(tx, programme.slug)) !== null) {
          throw new Problem('conflict', 'There is a programme of this name.');
        }
        const kept = await save(tx, programme, identity);
        audit({
          subject: 'programme',
          subjectId: programme.slug,
          action: 'created',
          before: null,
          after: { ...kept.programme },
        });
        return reply(201, wire(kept), { version: kept.version });
      },
    }),
    change({
      id: 'replaceProgramme',
      method: 'put',
      path: '/v1/programmes/{slug}',
      tag,
      summary: 'Changes a programme; its codes stay',
      access: 'admin',
      requiresVersion: true,
      params,
      body: changeSchema,
      replies: { 200: { description: 'As it is now', body: programmeSchema, versioned: true } },
      problems: ['not_found', 'conflict'],
      handle: async ({ body, identity, ifMatch, params: { slug } }, { tx, audit }) => {
        const before = await locked(tx, slug);
        checkVersion(before, ifMatch);
        if (body.slug !== slug) {
          throw new Problem('invalid_request', 'The name of a programme in addresses never changes.', {
            faults: [{ in: 'body', pointer: '/slug', detail: `must be "${slug}"` }],
          });
        }
        const after = await save(tx, { ...body, codes: before.programme.codes }, identity);
        const { codes: _before, ...was } = before.programme;
        audit({ subject: 'programme', subjectId: slug, action: 'updated', before: was, after: body });
        return reply(200, wire(after), { version: after.version });
      },
    }),
    change({
      id: 'archiveProgramme',
      method: 'post',
      path: '/v1/programmes/{slug}/archive',
      tag,
      summary: 'Ends a programme, and keeps it',
      description:
        'Its codes register nobody, nothing starts or is reminded of by itself, texts to its numbers go to people, and other programmes may have the numbers. Who took part, how far they came and its reports stay. Lessons in flight are over for as long as it is archived.',
      access: 'admin',
      params,
      replies: { 200: { description: 'As it is now', body: programmeSchema, versioned: true } },
      problems: ['not_found', 'conflict', 'changed_meanwhile'],
      handle: async ({ identity, ifMatch, params: { slug } }, { tx, audit }) => {
        const before = await locked(tx, slug);
        checkVersion(before, ifMatch);
        if (before.archivedAt !== null) throw new Problem('conflict', 'The programme is archived already.');
        const now = clock.now();
        await setArchived(tx, slug, now, { by: nameOf(identity), now });
        audit({ subject: 'programme', subjectId: slug, action: 'archived', before: null, after: null });
        return reply(200, ...(await stands(tx, slug)));
      },
    }),
    change({
      id: 'restoreProgramme',
      method: 'post',
      path: '/v1/programmes/{slug}/restore',
      tag,
      summary: 'Has an archived programme go on',
      description:
        'As it was, if it still fits what stands: nobody else has its numbers, and its drills are there. What is due for whoever takes part is worked out anew from now on.',
      access: 'admin',
      params,
      replies: { 200: { description: 'As it is now', body: programmeSchema, versioned: true } },
      problems: ['not_found', 'conflict', 'changed_meanwhile'],
      handle: async ({ identity, ifMatch, params: { slug } }, { tx, audit }) => {
        const before = await locked(tx, slug);
        checkVersion(before, ifMatch);
        if (before.archivedAt === null) throw new Problem('conflict', 'The programme is not archived.');
        const change = { drills: [], programmes: [before.programme] };
        const faults = faultsOfChange(await readStanding(tx), change, defaultSender);
        if (faults.length > 0)
          throw refused(
            faults,
            { kind: 'programme', slug },
            'The programme does not fit what stands by now.',
          );
        await setArchived(tx, slug, null, { by: nameOf(identity), now: clock.now() });
        audit({ subject: 'programme', subjectId: slug, action: 'restored', before: null, after: null });
        return reply(200, ...(await stands(tx, slug)));
      },
    }),
    read({
      id: 'listRegistrationCodes',
      path: '/v1/programmes/{slug}/codes',
      tag,
      summary: 'Lists the codes of a programme, with how often they were used',
      access: 'viewer',
      params,
      replies: { 200: { description: 'The codes', body: codeListSchema } },
      problems: ['not_found'],
      handle: async ({ params: { slug } }, db) => {
        const kept = await readProgramme(db, slug);
        if (kept === null) throw noProgramme();
        const usesOf = await readCodeUses(db, slug);
        return reply(200, {
          items: kept.programme.codes.map((code) => ({ ...code, uses: usesOf(code.code) })),
        });
      },
    }),
    change({
      id: 'addRegistrationCode',
      method: 'post',
      path: '/v1/programmes/{slug}/codes',
      tag,
      summary: 'Adds a code to a programme',
      access: 'operator',
      params,
      body: codeBody,
      replies: { 201: { description: 'The code', body: codeSchema } },
      problems: ['not_found', 'conflict'],
      handle: async ({ body: code, identity, params: { slug } }, { tx, audit }) => {
        const { programme } = await locked(tx, slug);
        if (programme.codes.length >= MOST_CODES) {
          throw new Problem('conflict', `A programme has ${MOST_CODES} codes at most.`);
        }
        if (programme.codes.some((one) => asWord(one.code) === asWord(code.code))) {
          throw new Problem('conflict', 'The programme has this code: texts are compared without case.');
        }
        await save(tx, { ...programme, codes: [...programme.codes, code] }, identity);
        audit({
          subject: 'registration-code',
          subjectId: `${slug} ${code.code}`,
          action: 'created',
          before: null,
          after: code,
        });
        return reply(201, { ...code, uses: (await readCodeUses(tx, slug))(code.code) });
      },
    }),
    change({
      id: 'removeRegistrationCode',
      method: 'delete',
      path: '/v1/programmes/{slug}/codes/{code}',
      tag,
      summary: 'Takes a code away; whoever registered with it stays',
      access: 'operator',
      params: codeParams,
      replies: { 204: { description: 'It is gone', body: null } },
      problems: ['not_found', 'conflict'],
      handle: async ({ identity, params: { code, slug } }, { tx, audit }) => {
        const { programme } = await locked(tx, slug);
        const found = programme.codes.find((one) => asWord(one.code) === asWord(code));
        if (found === undefined) throw noCode();
        await save(tx, { ...programme, codes: programme.codes.filter((one) => one !== found) }, identity);
        audit({
          subject: 'registration-code',
          subjectId: `${slug} ${found.code}`,
          action: 'deleted',
          before: found,
          after: null,
        });
        return reply(204, null);
      },
    }),
    change({
      id: 'importContent',
      method: 'post',
      path: '/v1/content-imports',
      tag,
      summary: 'Takes in drills and programmes as YAML files, all or none',
      access: 'admin',
      body: importBody,
      replies: { 200: { description: 'What became of each', body: importedSchema } },
      problems: ['conflict'],
      handle: async (
        { body: { files, overrideReason, publish, replaceDrafts }, identity },
        { tx, audit },
      ) => {
        const result = await importContent(
          tx,
          files.map(({ name, text }) => ({ name, source: text })),
          {
            by: nameOf(identity),
            now: clock.now(),
            defaultSender,
            publish,
            replaceDrafts,
            overrideReason: overrideReason ?? null,
          },
        );
        if (result.kind === 'refused') {
          throw refusedFiles(
            result.faults,
            files.map(({ name }) => name),
            result.isOverridable,
          );
        }
        const gone = replacedDrafts(result.replaced);
        for (const { became, kind, slug, version } of result.items) {
          audit({
            subject: kind,
            subjectId: slug,
            action: 'imported',
            before: kind === 'drill' ? (gone.get(slug) ?? null) : null,
            after: { became, version },
          });
        }
        return reply(200, { items: result.items });
      },
    }),
  ];
};
