import type { ContactField } from '#shared/contacts/fields.ts';
import type { ImportKind } from './options.ts';

/**
 * What columns of a file may be. Fields that the organisation added to contacts are named `attributes.NAME`.
 */
export const contactTargets = [
  'phone_number',
  'external_id',
  'name',
  'first_name',
  'last_name',
  'language',
  'time_zone',
  'state',
  'postal_code',
  'tags',
  'consent_source',
  'consent_wording',
  'consent_timestamp',
  'consent_granted',
  'consent_method',
  'consent_action',
] as const;
export const suppressionTargets = [
  'phone_number',
  'scope',
  'reason',
  'requested_at',
  'original_message',
  'external_id',
  'tracking_id',
] as const;
export type ContactTarget = (typeof contactTargets)[number];
export type SuppressionTarget = (typeof suppressionTargets)[number];

export const ATTRIBUTE = 'attributes.';

/** What each column of a file is, by its place; null: it is left out. */
export type Mapping = readonly (string | null)[];

/** Headers as people write them, in English and Spanish; compared without case, accents and punctuation. */
const SYNONYMS: Readonly<Record<ContactTarget | SuppressionTarget, readonly string[]>> = {
  phone_number: [
    ...[
      'phone number',
      'phone',
      'mobile',
      'mobile number',
      'mobile phone',
      'cell',
      'cell phone',
      'cellphone',
    ],
    ...[
      'cell number',
      'telephone',
      'telephone number',
      'tel',
      'msisdn',
      'number',
      'phone no',
      'contact number',
    ],
    ...['telefono', 'numero de telefono', 'numero telefonico', 'celular', 'numero de celular', 'movil'],
    ...['telefono movil', 'telefono celular', 'numero'],
  ],
  external_id: [
    ...[
      'external id',
      'id',
      'customer id',
      'client id',
      'member id',
      'employee id',
      'patient id',
      'contact id',
    ],
    ...[
      'crm id',
      'reference',
      'id externo',
      'identificador',
      'numero de cliente',
      'id de cliente',
      'referencia',
    ],
  ],
  name: ['name', 'full name', 'contact name', 'nombre completo', 'nombre y apellido', 'nombre y apellidos'],
  first_name: ['first name', 'given name', 'firstname', 'forename', 'nombre', 'nombres', 'primer nombre'],
  last_name: [
    ...['last name', 'family name', 'lastname', 'surname', 'apellido', 'apellidos', 'primer apellido'],
  ],
  language: ['language', 'lang', 'preferred language', 'locale', 'idioma', 'lengua', 'idioma preferido'],
  time_zone: ['time zone', 'timezone', 'tz', 'zona horaria', 'huso horario', 'zona'],
  state: ['state', 'us state', 'province', 'state code', 'estado', 'provincia'],
  postal_code: ['postal code', 'zip', 'zip code', 'zipcode', 'postcode', 'codigo postal', 'cp'],
  tags: ['tags', 'tag', 'labels', 'etiquetas', 'etiqueta'],
  consent_source: [
    ...['consent source', 'opt in source', 'source of consent', 'origen del consentimiento'],
    ...['fuente del consentimiento', 'fuente de consentimiento', 'origen consentimiento'],
  ],
  consent_wording: [
    ...['consent wording', 'consent text', 'opt in text', 'consent language', 'disclosure', 'wording'],
    ...['texto del consentimiento', 'texto de consentimiento', 'redaccion del consentimiento'],
  ],
  consent_timestamp: [
    ...[
      'consent timestamp',
      'consent date',
      'consent time',
      'opt in date',
      'opt in timestamp',
      'opted in at',
    ],
    ...['consented at', 'fecha del consentimiento', 'fecha de consentimiento'],
  ],
  consent_granted: ['consent granted', 'granted', 'consent scope', 'consentimiento otorgado'],
  consent_method: [
    'consent method',
    'opt in method',
    'metodo del consentimiento',
    'metodo de consentimiento',
  ],
  consent_action: ['consent action', 'affirmative action', 'accion afirmativa'],
  scope: ['scope', 'topic', 'alcance', 'tema'],
  reason: ['reason', 'motivo', 'razon'],
  requested_at: [
    ...['requested at', 'opted out at', 'opt out date', 'unsubscribed at', 'date', 'added at'],
    ...['fecha', 'fecha de baja'],
  ],
  original_message: ['original message', 'message', 'mensaje', 'mensaje original'],
  tracking_id: ['tracking id', 'request id', 'id de seguimiento'],
};

/** As headers are compared: without accents, case and punctuation. */
const folded = (header: string): string =>
  header
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();

/** What the columns of a file seem to be, by their headers. A target is given to the first column that fits. */
export function recogniseColumns(
  kind: ImportKind,
  headers: readonly string[],
  fields: readonly Pick<ContactField, 'name' | 'label'>[],
): Mapping {
  const known = new Map<string, string>();
  const add = (words: readonly string[], target: string): void => {
    for (const word of words) if (!known.has(folded(word))) known.set(folded(word), target);
  };
  const targets = kind === 'contacts' ? contactTargets : suppressionTargets;
  // Names first, then what they are also called: no synonym takes a field that the organisation calls so itself.
  for (const target of targets) add([target], target);
  if (kind === 'contacts') for (const { name, label } of fields) add([name, label], ATTRIBUTE + name);
  for (const target of targets) add(SYNONYMS[target], target);
  const taken = new Set<string>();
  const mapping = headers.map((header) => {
    const target = known.get(folded(header));
    if (target === undefined || taken.has(target)) return null;
    taken.add(target);
    return target;
  });
  // "Nombre" is the whole name where no column has the family name.
  if (taken.has('first_name') && !taken.has('last_name') && !taken.has('name')) {
    return mapping.map((target) => (target === 'first_name' ? 'name' : target));
  }
  return mapping;
}

export interface MappingFault {
  /** Place of the column; null: it is about no column in particular. */
  column: number | null;
  detail: string;
}

/** Everything that is wrong with a mapping: empty, if nothing is. */
export function faultsOfMapping(
  kind: ImportKind,
  mapping: Mapping,
  columns: number,
  fields: readonly Pick<ContactField, 'name'>[],
): MappingFault[] {
  const known = new Set<string>(kind === 'contacts' ? contactTargets : suppressionTargets);
  if (kind === 'contacts') for (const { name } of fields) known.add(ATTRIBUTE + name);
  const faults: MappingFault[] = [];
  if (mapping.length !== columns) {
    faults.push({
      column: null,
      detail: `must have one entry for each of the ${columns} columns of the file`,
    });
  }
  for (const [column, target] of mapping.entries()) {
    if (target === null) continue;
    if (!known.has(target)) faults.push({ column, detail: `${target} is nothing that a column can be` });
    else if (mapping.indexOf(target) !== column) {
      faults.push({ column, detail: `${target} is column ${mapping.indexOf(target) + 1} already` });
    }
  }
  if (!mapping.includes('phone_number')) {
    faults.push({ column: null, detail: 'no column is phone_number: say which one has the numbers' });
  }
  return faults;
}
